"""Alembic's revision files, and the graph they form, as its `ScriptDirectory` reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ormlint.facts import expressions as e
from ormlint.index.constants import Constants
from ormlint.index.ordering import upgrade_order
from ormlint.index.symbols import Module, Value
from ormlint.text import Range


@dataclass(eq=False, slots=True)
class Revision:
    """One revision file. `range` is where its id is written, `down_range` where its parents are."""

    id: str
    module: Module
    range: Range
    down_range: Range
    parents: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The file's path, relative to the project's root."""
        return self.module.path

    def __repr__(self) -> str:
        return f"Revision({self.id})"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why Alembic cannot use a graph. `kind`: "no-id", "no-parent", "missing", "duplicate" or "cycle"."""

    kind: str
    module: Module
    range: Range
    name: str  # the revision or the file that is meant
    others: tuple[Revision, ...] = ()


@dataclass(eq=False, slots=True)
class RevisionGraph:
    """The revisions of one environment by id, what is wrong with them, and why they may not be all."""

    revisions: dict[str, Revision] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unknown: str | None = None  # a file whose `revision` or `down_revision` is not a literal

    @property
    def heads(self) -> list[Revision]:
        """Return the revisions that no other one descends from, in order of their ids."""
        parents = {parent for revision in self.revisions.values() for parent in revision.parents}
        return [self.revisions[key] for key in sorted(self.revisions) if key not in parents]

    @property
    def bases(self) -> list[Revision]:
        """Return the revisions without a parent, in order of their ids."""
        return [self.revisions[key] for key in sorted(self.revisions) if not self.revisions[key].parents]

    def labels_of(self, revision: Revision) -> frozenset[str]:
        """Return the branch labels that a revision and its ancestors carry."""
        return frozenset(label for ancestor in self.ancestors(revision) for label in ancestor.labels)

    def ancestors(self, revision: Revision) -> Iterator[Revision]:
        """Yield a revision and all it descends from."""
        seen: set[str] = set()
        stack = [revision.id]
        while stack:
            key = stack.pop()
            found = self.revisions.get(key)
            if key in seen or found is None:
                continue
            seen.add(key)
            yield found
            stack.extend(found.parents)

    def histories(self) -> dict[str, str]:
        """Return for each revision the id of a base of its history: those that nothing links are told apart."""
        linked: dict[str, set[str]] = {key: set() for key in self.revisions}
        for revision in self.revisions.values():
            for key in (*revision.parents, *revision.depends_on):
                if key in linked:
                    linked[key].add(revision.id)
                    linked[revision.id].add(key)
        found: dict[str, str] = {}
        for key in sorted(linked):
            stack = [key] if key not in found else []
            while stack:
                one = stack.pop()
                if one not in found:
                    found[one] = key
                    stack.extend(linked[one])
        return found

    def ordered(self) -> list[Revision]:
        """Return the revisions in the order in which Alembic runs them; parts of a cycle are left out."""
        below = self._below()
        sound = self._sound(below)
        kept = {key: [one for one in keys if one in sound] for key, keys in below.items() if key in sound}
        dependent = {key for key, keys in kept.items() if not set(keys) <= set(self.revisions[key].parents)}
        return [self.revisions[key] for key in upgrade_order(kept, dependent)]

    def _below(self) -> dict[str, list[str]]:
        """Return what each revision follows: its parents, then what it depends on and no ancestor depends on."""
        labelled = {label: revision.id for revision in self.revisions.values() for label in revision.labels}
        needed = {key: self._needed(revision, labelled) for key, revision in self.revisions.items()}
        below: dict[str, list[str]] = {}
        for revision in self.revisions.values():
            needs = needed[revision.id]
            if needs:
                above = {one for item in self.ancestors(revision) if item is not revision for one in needed[item.id]}
                needs = [key for key in needs if key not in above]
            wanted = [*revision.parents, *needs]
            below[revision.id] = [key for key in dict.fromkeys(wanted) if key in self.revisions and key != revision.id]
        return below

    def _needed(self, revision: Revision, labelled: Mapping[str, str]) -> list[str]:
        """Return the ids that `depends_on` means: a label, an id, the start of one, or `label@id`."""
        found: list[str] = []
        for name in revision.depends_on:
            last = name.rpartition("@")[2]
            if name in labelled or last in self.revisions:
                found.append(labelled.get(name, last))
            else:
                found += [key for key in self.revisions if key.startswith(last)][:1]
        return found

    def _sound(self, below: Mapping[str, Sequence[str]]) -> set[str]:
        """Return the revisions that follow no circle."""
        waiting = {key: len(keys) for key, keys in below.items()}
        children: dict[str, list[str]] = {}
        for key, keys in below.items():
            for one in keys:
                children.setdefault(one, []).append(key)
        ready = [key for key, count in waiting.items() if not count]
        sound: set[str] = set()
        while ready:
            key = ready.pop()
            sound.add(key)
            for child in children.get(key, ()):
                waiting[child] -= 1
                if not waiting[child]:
                    ready.append(child)
        return sound


def has_revision(module: Module) -> bool:
    """Tell whether a file looks like a revision: it binds `revision` and `down_revision`."""
    return module.has("revision") and module.has("down_revision")


def read_graph(modules: Iterable[Module], constants: Constants) -> RevisionGraph:
    """Read the revision files of one environment."""
    graph = RevisionGraph()
    for module in modules:
        _read(graph, module, constants)
    _check(graph)
    return graph


def _read(graph: RevisionGraph, module: Module, constants: Constants) -> None:
    given = _value(module, "revision")
    if given is None or given.value is None:
        if module.has("revision"):
            graph.unknown = graph.unknown or f"`revision` of {module.path} is computed"
        else:
            graph.problems.append(Problem("no-id", module, Range(0, 0), module.path))
        return
    name = constants.string(given.value, module)
    if name is None:
        graph.unknown = graph.unknown or f"`revision` of {module.path} is computed"
        return
    below = _value(module, "down_revision")
    if below is None or below.value is None:
        if module.has("down_revision"):
            graph.unknown = graph.unknown or f"`down_revision` of {module.path} is computed"
        else:
            graph.problems.append(Problem("no-parent", module, given.value.range, name))
        down_range = given.value.range
        parents: tuple[str, ...] = ()
    else:
        down_range = below.value.range
        read = _names(below.value, module, constants)
        if read is None:
            graph.unknown = graph.unknown or f"`down_revision` of {module.path} is computed"
        parents = read or ()
    revision = Revision(name, module, given.value.range, down_range, parents)
    for attribute, variable in (("depends_on", "depends_on"), ("labels", "branch_labels")):
        found = _value(module, variable)
        names = _names(found.value, module, constants) if found is not None and found.value is not None else ()
        setattr(revision, attribute, names or ())
    other = graph.revisions.get(name)
    if other is not None:
        graph.problems.append(Problem("duplicate", module, revision.range, name, (other,)))
        return
    graph.revisions[name] = revision


def _value(module: Module, name: str) -> Value | None:
    bindings = module.bindings(name)
    target = bindings[-1].target if bindings else None
    return target if isinstance(target, Value) else None


def _names(expr: e.Expr, module: Module, constants: Constants) -> tuple[str, ...] | None:
    """Return the strings of `"a"`, `("a", "b")` or `None`; None when one is computed."""
    if isinstance(expr, e.Constant) and expr.value is None:
        return ()
    elements = expr.elements if isinstance(expr, e.Display) else (expr,)
    names = [constants.string(element, module) for element in elements]
    return tuple(name for name in names if name is not None) if None not in names else None


def _check(graph: RevisionGraph) -> None:
    labels = {label for revision in graph.revisions.values() for label in revision.labels}
    for revision in graph.revisions.values():
        for parent in revision.parents:
            if parent not in graph.revisions:
                graph.problems.append(Problem("missing", revision.module, revision.down_range, parent, (revision,)))
        for name in revision.depends_on:
            if name not in graph.revisions and name not in labels and not _abbreviated(graph, name):
                graph.problems.append(Problem("missing", revision.module, revision.down_range, name, (revision,)))
    ordered = {revision.id for revision in graph.ordered()}
    stuck = [revision for key, revision in sorted(graph.revisions.items()) if key not in ordered]
    circle = [revision for revision in stuck if _reaches_itself(graph, revision)]
    if circle:
        first = circle[0]
        graph.problems.append(Problem("cycle", first.module, first.down_range, first.id, tuple(circle)))


def _abbreviated(graph: RevisionGraph, name: str) -> bool:
    """Tell whether a name is a label with a revision (`label@rev`), or the start of one id."""
    last = name.rpartition("@")[2]
    return "@" in name or sum(key.startswith(last) for key in graph.revisions) == 1


def _reaches_itself(graph: RevisionGraph, revision: Revision) -> bool:
    seen: set[str] = set()
    stack = [*revision.parents, *revision.depends_on]
    while stack:
        key = stack.pop()
        if key == revision.id:
            return True
        found = graph.revisions.get(key)
        if key not in seen and found is not None:
            seen.add(key)
            stack.extend((*found.parents, *found.depends_on))
    return False
