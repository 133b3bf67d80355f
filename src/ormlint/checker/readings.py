"""Names for what was read of other files, so that a later run can look whether it still says the same.

A name is a letter for its kind and what the kind needs, parts divided by line ends. See `index.reads` for the kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ormlint.checker.digests import (
    GONE,
    IndexDigests,
    binding_digest,
    class_digest,
    digest,
    function_digest,
    interface_digest,
    plain_facts,
)
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.idents import Idents
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import Noting, Read, flat
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module, Value
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import Outcome, outcome

# Of the facts of one file: looked up in it as it was and as it is.
CONTENT = frozenset("cfnmb")
# Of what is linked.
LINKED = frozenset("khyMNBFX")
# Of which files there are.
PATHS = frozenset("pqP")
# Answers of the interpreter, which belong to one file.
ANSWERS = frozenset("retv")
# Answers from all files' summaries.
PROJECT = frozenset("SKCWLOw")
INTERFACES, TEXT, MADE, EVERYTHING, CALLERS = "A", "x", "D", "E", "L"
# Beyond so many bodies of other files a reader counts as one of everything.
MAX_BODIES = 3000

_ALL = {
    "models": "M",
    "table names": "N",
    "backrefs": "F",
    "paths": "P",
    "interfaces": INTERFACES,
    "made": MADE,
    "opened": "O",
}
_NAMED = {"called": "y", "table": "B", "stored": "S", "kept": "K", "written": "w"}
_FUNCTIONS = {"body": "b", "record": "r", "writes": "W", "callers": "L"}
_CLASSES = {"card": "k", "heirs": "h", "mixin": "X"}


def path_of(name: str) -> str:
    """Return the file that something of a kind in `CONTENT`, `ANSWERS` or `TEXT` was read of."""
    return name.split("\n", 2)[1].split("\t", 1)[0]


class Namer:
    """Names what was read."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.idents = index.idents
        # What was named, and the file to which it says nothing new. Many files read the same things: one text for all
        # of them takes 50 MB less for 2,000 files.
        self._known: dict[Read, tuple[str | None, str]] = {}

    def names(self, reads: set[Read], own: str | None) -> set[str]:
        """Return the names of what was read for file `own`, of that file's own facts and answers none."""
        found: set[str] = set()
        bodies: set[str] = set()
        for read in flat(reads):
            name = self._name(read, own)
            if name is not None:
                (bodies if name[0] == "b" else found).add(name)
        if len(bodies) > MAX_BODIES:
            found.add(EVERYTHING)
        else:
            found |= bodies
        return found

    def name(self, read: Read) -> str | None:
        """Return the name of something read; None for what needs none."""
        return self._name(read, None)

    def _name(self, read: Read, own: str | None) -> str | None:
        found = self._known.get(read)
        if found is None:
            found = self._known[read] = self._named(read)
        return None if found[1] == own else found[0]

    def _named(self, read: Any) -> tuple[str | None, str]:
        kind = type(read)
        if kind is ClassSymbol or kind is FunctionSymbol:
            if read.module.is_installed:
                return None, ""
            return f"{'c' if kind is ClassSymbol else 'f'}\n{self.idents.of(read)}", read.module.path
        word = read[0]
        if word in _ALL:
            return _ALL[word], ""
        if word in _NAMED:
            return f"{_NAMED[word]}\n{read[1]}", ""
        if word in _CLASSES or word in _FUNCTIONS or word == "contradicted":
            symbol = read[1]
            if symbol.module.is_installed:
                return None, ""
            if word == "contradicted":
                return f"C\n{self.idents.of(symbol)}\n{read[2]}", ""
            name = f"{_CLASSES.get(word) or _FUNCTIONS[word]}\n{self.idents.of(symbol)}"
            return name, symbol.module.path if word in ("body", "record") else ""
        if word == "find":
            return f"p\n{read[1]}\n{read[2]}", ""
        if word == "file":
            return f"q\n{read[1]}", ""
        path = read[1]
        if path not in self.index.own_modules:
            return None, ""
        if word == "name":
            return f"n\n{path}\n{read[2]}", path
        if word == "module":
            return f"m\n{path}", path
        if word == "text":
            return f"x\n{path}", path
        if word == "end":
            return f"e\n{path}", path
        if word == "type":
            return f"t\n{path}\n{read[2]}", path
        _, path, owner, name, start = read  # a value
        place = [found.range.start for found in values(self.index.own_modules[path], owner, name)]
        number = place.index(start) if start in place else -1
        return f"v\n{path}\n{self.idents.of(owner) if owner is not None else ''}\n{name}\n{number}", path


def values(module: Module, owner: ClassSymbol | None, name: str) -> list[Value]:
    """Return the values that a name of a module or class is given, in source order."""
    if owner is None:
        return [item.target for item in module.own_scope.get(name, ()) if isinstance(item.target, Value)]
    found: list[Value] = []
    for statement in walk_statements(owner.own_facts.body):
        if isinstance(statement, s.Assign):
            for target in statement.targets:
                if isinstance(target, e.Name) and target.id == name:
                    found.append(Value(module, name, statement.value, statement.annotation, target.range, owner))
    return found


class Contents:
    """What the facts of one file say to each read of it."""

    def __init__(self, module: Module, bodies: Callable[[FunctionSymbol], object]) -> None:
        self.module = module
        self.bodies = bodies
        self.idents = Idents({module.path: module})

    def digest(self, name: str) -> bytes:
        """Return the digest of a read of a kind in `CONTENT`."""
        kind, _, rest = name.partition("\n")
        if kind == "n":
            return binding_digest(self.module, rest.split("\n")[1], self.idents)
        if kind == "m":
            return interface_digest(self.module)
        symbol = self.idents.find(rest)
        if isinstance(symbol, ClassSymbol):
            return class_digest(symbol)
        if isinstance(symbol, FunctionSymbol):
            return digest(plain_facts(self.bodies(symbol))) if kind == "b" else function_digest(symbol)
        return GONE


class Current:
    """What a linked and interpreted project says now."""

    def __init__(self, index: ProjectIndex, model: SemanticModel) -> None:
        self.index = index
        self.model = model
        self.linked = IndexDigests(index)
        self.looked_at: dict[str, frozenset[str]] = {}  # by reads of the kind `CALLERS`, what the answer rests on

    def digest(self, name: str) -> bytes:
        """Return the digest of a read that is not of one file's facts."""
        with Noting(set()):
            return self._digest(name)

    def _digest(self, name: str) -> bytes:
        kind, _, rest = name.partition("\n")
        if kind in PATHS:
            return self._path(kind, rest)
        if kind in LINKED:
            return self._linked(kind, rest)
        if kind == MADE:
            return digest(self.linked.of(self.index.own_made))
        if kind in ANSWERS:
            return self.answered(self.answer(name))
        return digest(self._of_project(kind, rest))

    def _path(self, kind: str, rest: str) -> bytes:
        paths = self.index.paths
        if kind == "P":
            return digest(sorted(paths.paths))
        if kind == "q":
            return digest(paths.file(rest))
        dotted, folder = rest.split("\n")
        return digest(paths.find(dotted, f"{folder}/x.py" if folder else "x.py"))

    def _linked(self, kind: str, rest: str) -> bytes:
        linked = self.linked
        if kind == "M":
            return linked.models()
        if kind == "N":
            return linked.table_names()
        if kind == "B":
            return linked.table(rest)
        if kind == "F":
            return digest(sorted(self.index.own_floating))
        if kind == "y":
            return linked.called(rest)
        symbol = self.index.idents.find(rest)
        if not isinstance(symbol, ClassSymbol):
            return GONE
        if kind == "X":
            return digest(self.model.members.is_mixin(symbol))
        return linked.card(symbol) if kind == "k" else linked.heirs(symbol)

    def answer(self, name: str) -> object:
        """Return the answer of a kind in `ANSWERS`; None where it is about what is gone."""
        with Noting(set()):
            return self._answer(*name.partition("\n")[::2])

    def answered(self, answer: object) -> bytes:
        """Return the digest of an answer."""
        if isinstance(answer, Outcome):
            return digest([self.linked.of(item) for item in answer])
        return digest(self.linked.of(answer) if answer is not None else None)

    def _answer(self, kind: str, rest: str) -> object:
        model = self.model
        if kind == "r":
            symbol = self.index.idents.find(rest)
            return outcome(model.record(symbol)) if isinstance(symbol, FunctionSymbol) else None
        path, *parts = rest.split("\n")
        module = self.index.own_modules.get(path)
        if module is None:
            return None
        if kind == "e":
            return model.module_record(module).env
        if kind == "t":
            return model.names.name_type(module, parts[0])
        owner = self.index.idents.find(parts[0]) if parts[0] else None
        if parts[0] and not isinstance(owner, ClassSymbol):
            return None
        found = values(module, owner if isinstance(owner, ClassSymbol) else None, parts[1])
        number = int(parts[2])
        return model.names.value_type(found[number]) if 0 <= number < len(found) else None

    def _of_project(self, kind: str, rest: str) -> object:
        project = self.model.project
        if kind == "w":
            sites = [item for column, found in project.columns.sites.items() if column[1] == rest for item in found]
            return sites, sorted(map(repr, project.columns.loose.get(rest, ())))
        if kind == "O":
            columns = project.columns
            return sorted(columns.opened), sorted(columns.changed), sorted(columns.constructed)
        if kind == "S":
            return rest in project.stored
        if kind == "K":
            return sorted(project.kept.get(rest, ()))
        name, _, parameter = rest.partition("\n")
        symbol = self.index.idents.find(name)
        if not isinstance(symbol, FunctionSymbol):
            return None
        if kind == "C":
            return (name, parameter) in project.contradictions
        if kind == "W":
            return name in project.writing
        found, self.looked_at[f"L\n{rest}"] = project.writes_in_callers(symbol)
        return found
