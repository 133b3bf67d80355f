"""Proves over a real project that a run after a change finds what a run from nothing finds.

Random edits are made to the project's files in memory, one after the other: columns, classes and methods renamed,
bases and signatures changed, classes, functions, imports, lines and files added, moved, taken away and put back. After
each the findings, and what was seen in every body, have to be those of a run that knows nothing of the earlier ones.
"""

from __future__ import annotations

import argparse
import gc
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from ormlint.checker.analysis import Analysis
from ormlint.checker.digests import IndexDigests, digest
from ormlint.checker.engine import check_again
from ormlint.checker.kept import Kept, decode_kept, encode_kept
from ormlint.checker.reading import FactsInMemory
from ormlint.checker.result import CheckResult
from ormlint.dev.screened import Everything
from ormlint.index.reads import Noting
from ormlint.project.config import load_project
from ormlint.project.discovery import project_files
from ormlint.project.workspace import read_documents, read_files
from ormlint.semantic.records import FunctionRecord
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText

Texts = dict[str, bytes]
_COLUMN = re.compile(
    rb"^( +)(\w+)((?:: *(?:\w+\.)?Mapped\[.*)? *= *(?:\w+\.)?(?:Column|mapped_column|relationship)\()", re.M
)
_IMPORT = re.compile(rb"^(?:from \S+ )?import [^(\n]+\n", re.M)
_RETURN = re.compile(rb"^( +return) .+$", re.M)
_RETURNS = re.compile(rb"\) *-> *[^:\n]+:$", re.M)
_BASES = re.compile(rb"^(class \w+)\([^)\n]*\):", re.M)
_BLOCK = re.compile(rb"^(?:class|def|async def) \w+.*\n(?:(?:[ \t].*)?\n)*", re.M)
_MEMBER = re.compile(rb'^( +[A-Z_]+ = )(?:"\w+"|\'\w+\'|\d+)$', re.M)
_METHOD = re.compile(rb"^( +(?:async )?def )(\w+)\(", re.M)
_CLASS = re.compile(rb"^(class )(\w+)(?=[(:])", re.M)
_SIGNATURE = re.compile(rb"^( *(?:async )?def \w+\()((?:self|cls)(?:, )?)?", re.M)
_ANNOTATED = re.compile(rb"(?<=[(,] )?\b(\w+): ?[\w.]+(?:\[[\w., ]*\])?(?= ?[,)=])")
_BODY = re.compile(rb"^( +)(?=(?:return|if|for|raise|\w+ = |\w+\.\w+\())", re.M)
_ARGUMENT = re.compile(rb"(?<=\w)\((\w+)(?=[,)])")


# -- edits


def _replaced(pattern: re.Pattern[bytes], new: Callable[[re.Match[bytes]], bytes]) -> Callable[..., bytes | None]:
    def edit(text: bytes, chance: random.Random) -> bytes | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = chance.choice(found)
        return text[: match.start()] + new(match) + text[match.end() :]

    return edit


def _without_line(text: bytes, chance: random.Random) -> bytes:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _with_comment(text: bytes, chance: random.Random) -> bytes:
    lines = text.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), b"# a comment\n")
    return b"".join(lines)


def _with_function(text: bytes, chance: random.Random) -> bytes:
    name = b"added_%d" % chance.randrange(10**6)
    return text + b"\n\ndef " + name + b"(value=None):\n    return value\n"


def _with_other_base(text: bytes, chance: random.Random) -> bytes | None:
    found = list(_BASES.finditer(text))
    names = _CLASS.findall(text)
    if not found or not names:
        return None
    match = chance.choice(found)
    name: bytes = chance.choice(names)[1]
    return text[: match.start()] + match[1] + b"(" + name + b"):" + text[match.end() :]


EDITS: dict[str, Callable[[bytes, random.Random], bytes | None]] = {
    "column renamed": _replaced(_COLUMN, lambda match: match[1] + match[2] + b"_renamed" + match[3]),
    "import removed": _replaced(_IMPORT, lambda match: b""),
    "return changed": _replaced(_RETURN, lambda match: match[1] + b" None"),
    "annotation removed": _replaced(_RETURNS, lambda match: b"):"),
    "bases removed": _replaced(_BASES, lambda match: match[1] + b":"),
    "block removed": _replaced(_BLOCK, lambda match: b""),
    "member changed": _replaced(_MEMBER, lambda match: match[1] + b'"changed"'),
    "method renamed": _replaced(_METHOD, lambda match: match[1] + match[2] + b"_renamed("),
    "member added": _replaced(
        _MEMBER, lambda match: match[0] + b"\n" + match[1].replace(b" = ", b"_ADDED = ") + b'"added"'
    ),
    "column added": _replaced(
        _COLUMN, lambda match: match[1] + match[2] + b"_added" + match[3][:-1] + b"()\n" + match[0]
    ),
    "class renamed": _replaced(_CLASS, lambda match: match[1] + match[2] + b"Renamed"),
    "base changed": _with_other_base,
    "parameter added": _replaced(_SIGNATURE, lambda match: match[1] + (match[2] or b"") + b"added=None, "),
    "annotation of a parameter removed": _replaced(_ANNOTATED, lambda match: match[1]),
    "statement added": _replaced(_BODY, lambda match: match[1] + b"added_here = None\n" + match[1]),
    "argument changed": _replaced(_ARGUMENT, lambda match: b"(None"),
    "line removed": _without_line,
    "comment added": _with_comment,
    "function added": _with_function,
}


@dataclass
class Editor:
    """A project's texts, and random edits of them."""

    texts: Texts
    chance: random.Random
    before: Texts = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = dict(self.texts)
        # Half of the edits are made where models are.
        self.models = sorted(path for path, text in self.texts.items() if _COLUMN.search(text)) or sorted(self.texts)

    def edit(self) -> str:
        """Make one edit; return what it was."""
        chance = self.chance
        what = chance.choice([*_OF_FILES, *EDITS, *EDITS])
        if what == "files restored":
            restored = [path for path in self.before if self.texts.get(path) != self.before[path]]
            chosen = chance.sample(restored, min(len(restored), 3))
            self.texts.update({path: self.before[path] for path in chosen})
            return f"restored {', '.join(chosen)}"
        for _ in range(20):
            path = self._chosen()
            if what == "package changed":
                path = chance.choice([item for item in sorted(self.texts) if item.endswith("__init__.py")] or [path])
            if what in _OF_FILES:
                return f"{what}: {path}{self._edit_file(what, path)}"
            text = EDITS[what](self.texts[path], chance)
            if text is not None:
                self.texts[path] = text
                return f"{what}: {path}"
        return "nothing"

    def _chosen(self) -> str:
        models = [path for path in self.models if path in self.texts]
        return self.chance.choice(models if models and self.chance.random() < 0.5 else sorted(self.texts))

    def _edit_file(self, what: str, path: str) -> str:
        text = self.texts[path]
        if what == "file removed":
            del self.texts[path]
        elif what in ("file copied", "file renamed"):
            other = f"{path.removesuffix('.py')}_{what[5:9]}.py"
            self.texts[other] = text
            if what == "file renamed":
                del self.texts[path]
            return f" to {other}"
        elif what == "package changed":
            found = _IMPORT.search(text)
            beside = [item for item in sorted(self.texts) if item.rpartition("/")[0] == path.rpartition("/")[0]]
            name = self.chance.choice(beside).rpartition("/")[2].removesuffix(".py").encode()
            if found is not None and self.chance.random() < 0.5:
                self.texts[path] = text[: found.start()] + text[found.end() :]
            else:
                self.texts[path] = text + b"\nfrom ." + name + b" import *\n"
        else:  # a block moved to another file
            blocks = list(_BLOCK.finditer(text))
            if blocks:
                block, target = self.chance.choice(blocks), self._chosen()
                self.texts[path] = text[: block.start()] + text[block.end() :]
                self.texts[target] += b"\n\n" + block[0]
                return f" to {target}"
        return ""


# Edits of whole files, or of two.
_OF_FILES = ("file removed", "files restored", "file copied", "file renamed", "package changed", "block moved")


# -- the law


class Law:
    """A project checked after each edit with what was kept, and from nothing."""

    def __init__(self, settings: Settings, documents: Mapping[str, str], is_live: bool = False) -> None:
        """`is_live`: the analysis of the check before is at hand, as in the editor server."""
        self.settings = settings
        self.is_live = is_live
        self.before: Analysis | None = None
        self.documents = documents
        self.store = FactsInMemory()
        self.kept: Kept | None = None
        self.seen: dict[str, bytes] = {}
        self.interpreted: list[str] = []

    def broken(self, texts: Texts) -> list[str]:
        """Check both ways; return in what they differ."""
        files: dict[str, SourceText | SourceError] = {path: SourceText(text) for path, text in sorted(texts.items())}
        if self.kept is not None and not self.is_live:  # from one process to the next
            self.kept = _written(self.kept)
        again, self.kept, analysis = self._check(files, self.kept, self.before)
        self.before = analysis if self.is_live else None
        self.interpreted = again.statistics.interpreted
        cold, kept, everything = self._check(files, None, None)
        files_kept = self.kept.files
        wrong: list[str] = []
        if again.diagnostics != cold.diagnostics:
            only = [item for item in again.diagnostics if item not in cold.diagnostics]
            missed = [item for item in cold.diagnostics if item not in again.diagnostics]
            wrong += [f"only again: {item.path}:{item.start.row} {item.code} {item.message}" for item in only]
            wrong += [f"only cold: {item.path}:{item.start.row} {item.code} {item.message}" for item in missed]
        self.seen.update(_seen(analysis, self.interpreted))
        self.seen = {path: found for path, found in self.seen.items() if path in files}
        cold_seen = _seen(everything, files)
        wrong += [f"seen otherwise: {path}" for path, found in cold_seen.items() if self.seen[path] != found]
        with_all, full, _ = check_again(files, self.settings, None, documents=self.documents, model_class=Everything)
        if with_all.diagnostics != cold.diagnostics:
            wrong.append("without the screen: other findings")
        wrong += [
            f"without the screen: {path}"
            for path, state in kept.files.items()
            if (state.summary, state.calls) != (full.files[path].summary, full.files[path].calls)
        ]
        wrong += [
            f"summary otherwise: {path}"
            for path, state in kept.files.items()
            if state.summary != files_kept[path].summary
        ]
        return wrong

    def _check(
        self, files: Mapping[str, SourceText | SourceError], kept: Kept | None, before: Analysis | None
    ) -> tuple[CheckResult, Kept, Analysis]:
        return check_again(files, self.settings, kept, documents=self.documents, store=self.store, before=before)


def _written(kept: Kept) -> Kept | None:
    data = encode_kept(kept)
    return decode_kept(data) if data is not None else None


def _seen(analysis: Analysis, paths: Iterable[str]) -> dict[str, bytes]:
    """Return a digest of the events of each file, types and mapped classes included."""
    digests = IndexDigests(analysis.index)
    found: dict[str, bytes] = {}
    with Noting(set()):
        for path in paths:
            if path not in analysis.index.own_modules:
                continue
            parts: list[object] = []
            for record in analysis.model.records_of(path):
                for event in record.events:
                    names = [item.name for item in fields(event) if item.name != "record"]  # type: ignore[arg-type]
                    parts.append((type(event).__name__, [_part(digests, getattr(event, name)) for name in names]))
            found[path] = digest(parts)
    return found


def _part(digests: IndexDigests, item: object) -> object:
    if isinstance(item, FunctionRecord):
        return None
    return digests.of(item)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("project", type=Path)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--live", action="store_true", help="go on from the check before, as the editor server does")


def run(options: argparse.Namespace) -> int:
    """Run the law over a project."""
    gc.disable()
    project = load_project(options.project)
    root = project.root.resolve()
    paths = project_files(root, project.settings)
    found = read_files(root, paths)
    texts = {path: source.data for path, source in found.items() if isinstance(source, SourceText)}
    settings = replace(project.settings, cli_select=("ALL",), preview=True)
    law = Law(settings, read_documents(root, paths), options.live)
    editor = Editor(texts, random.Random(options.seed))
    failed = 0
    for number in range(options.edits + 1):
        what = editor.edit() if number else "from nothing"
        wrong = law.broken(editor.texts)
        print(f"{number}: {what}: {len(law.interpreted)} interpreted", flush=True)
        for line in wrong:
            print(f"    {line}")
        failed += bool(wrong)
        gc.collect()
    print(f"{failed} of {options.edits} edits gave something else")
    return 1 if failed else 0
