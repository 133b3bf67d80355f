"""Fixing to a fixed point: in each round fixes that do not meet, until none is left. Nothing is written here."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from ormlint.checker.engine import RULE_CRASHED, SYNTAX_ERROR, check_project
from ormlint.checker.registry import load_rules
from ormlint.checker.result import CheckResult, Progress
from ormlint.checker.selection import RuleTable
from ormlint.diagnostics import Diagnostic, Edit
from ormlint.index.installed import Environment
from ormlint.settings import Settings
from ormlint.text import Location, Range, SourceError, SourceText

if TYPE_CHECKING:
    from ormlint.linting.codemods import Rewriter

Files = Mapping[str, "SourceText | SourceError"]
TOO_DEEP = "too deep"
_ROUNDS = 30  # of one file; more are needed only by a fix that never comes to an end


@dataclass(frozen=True)
class Applied:
    """One fix that was applied."""

    path: str
    code: str
    name: str
    title: str


@dataclass
class FixResult:
    """The texts after all rounds, what was applied, and what the last check found in them."""

    files: dict[str, SourceText | SourceError]
    applied: list[Applied]
    result: CheckResult
    unwritable: dict[str, str] = field(default_factory=dict)  # path → why its fixes could not be made

    def changed(self, before: Files) -> list[str]:
        """Return the paths whose text is another one now."""
        return [path for path, source in self.files.items() if source is not before[path]]


def fix_project(
    files: Files,
    settings: Settings,
    *,
    unsafe: bool = False,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    environment: Environment | None = None,
    documents: Mapping[str, str] | None = None,
    keep: Callable[[Files, list[Diagnostic]], list[Diagnostic]] = lambda files, found: found,
) -> FixResult:
    """Check, apply the fixes, and check again until there are none; see `check_project` for the arguments.

    `keep` returns the diagnostics that count (a baseline hides some). A fix whose result does not parse, or that
    never comes to an end, is left out and reported as ORM002.
    """

    def check(texts: Files) -> CheckResult:
        result = check_project(
            texts, settings, only=only, progress=progress, environment=environment, documents=documents
        )
        result.diagnostics = keep(texts, result.diagnostics)
        return result

    return _Fixer(files, settings, unsafe, check).run()


def with_edits(files: Files, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics with the edits of their fixes; a fix that cannot be made is left out."""
    rewriters: dict[str, Rewriter | None] = {}
    found: list[Diagnostic] = []
    for item in diagnostics:
        if item.fix is not None and item.fix.edits is None:
            if item.path not in rewriters:
                rewriters[item.path] = _rewriter(files.get(item.path))[0]
            rewriter = rewriters[item.path]
            edits, _ = _edits(rewriter, item) if rewriter is not None else (None, "")
            fix = msgspec.structs.replace(item.fix, edits=edits) if edits is not None else None
            item = msgspec.structs.replace(item, fix=fix)
        found.append(item)
    return found


def safe_edits(source: SourceText, diagnostics: Iterable[Diagnostic]) -> list[Edit]:
    """Return the edits of one round of a file's safe fixes, in order; empty where its text could not hold them."""
    wanted = [item for item in diagnostics if item.is_fixable()]
    rewriter = _rewriter(source)[0] if wanted else None
    if rewriter is None:
        return []
    chosen = _chosen(rewriter, wanted, lambda item, reason: None)
    edits = sorted({edit for _, found in chosen for edit in found}, key=lambda edit: (edit.range, edit.content))
    return edits if _holds(source, _after(source, edits)) else []


class _Fixer:
    def __init__(self, files: Files, settings: Settings, unsafe: bool, check: Callable[[Files], CheckResult]) -> None:
        self.before = files
        self.files = dict(files)
        self.settings = settings
        self.unsafe = unsafe
        self.check = check
        self.applied: dict[str, list[Applied]] = {}
        self.seen: dict[str, set[bytes]] = {}
        self.dropped: set[tuple[str, str]] = set()  # (path, code): this rule's fixes never end there
        self.failed: dict[tuple[str, str, str], str] = {}  # (path, code, message) → why the fix was not applied
        self.unwritable: dict[str, str] = {}

    def run(self) -> FixResult:
        while True:
            result = self.check(self.files)
            by_path: dict[str, list[Diagnostic]] = {}
            broken = {item.path for item in result.diagnostics if item.code == SYNTAX_ERROR}
            for item in result.diagnostics:
                if item.is_fixable(self.unsafe) and item.path not in broken:
                    by_path.setdefault(item.path, []).append(item)
            changes = [self._round(path, found) for path, found in by_path.items()]
            if not any(changes):
                break
        diagnostics = [*result.diagnostics, *self._reports()]
        result.diagnostics = sorted(diagnostics, key=lambda item: item.sort_key)
        applied = [item for path in sorted(self.applied) for item in self.applied[path]]
        return FixResult(self.files, applied, result, self.unwritable)

    def _round(self, path: str, found: list[Diagnostic]) -> bool:
        """Apply what can be applied together to one file; tell whether its text is another one now."""
        source = self.files[path]
        rewriter, reason = _rewriter(source)
        if rewriter is None or not isinstance(source, SourceText):
            self.unwritable[path] = reason
            return False
        wanted = [
            item
            for item in found
            if (path, item.code) not in self.dropped and (path, item.code, item.message) not in self.failed
        ]
        chosen = self._chosen(path, rewriter, wanted)
        if not chosen:
            return False
        after = _after(source, [edit for _, edits in chosen for edit in edits])
        if not _holds(source, after):
            sound = []
            for item, edits in chosen:
                if _holds(source, _after(source, edits)):
                    sound.append((item, edits))
                else:
                    self.failed[path, item.code, item.message] = (
                        "its result would not be Python, or not in this file's encoding"
                    )
            chosen = sound[:1]
            if not chosen:
                return True  # others may have been left out for those that failed
            after = _after(source, chosen[0][1])
        seen = self.seen.setdefault(path, {source.data})
        if after.data in seen or len(seen) > _ROUNDS:
            self.dropped.update((path, item.code) for item, _ in chosen)
            self.files[path] = self.before[path]
            del self.seen[path]
            self.applied.pop(path, None)
            return True
        seen.add(after.data)
        self.files[path] = after
        made = [Applied(path, item.code, item.name, item.fix.title) for item, _ in chosen if item.fix is not None]
        self.applied.setdefault(path, []).extend(made)
        return True

    def _chosen(
        self, path: str, rewriter: Rewriter, found: list[Diagnostic]
    ) -> list[tuple[Diagnostic, tuple[Edit, ...]]]:
        def note(item: Diagnostic, reason: str) -> None:
            if reason == TOO_DEEP:
                self.unwritable[path] = "its code is nested too deeply to be rewritten"
            else:
                self.failed[path, item.code, item.message] = reason

        return _chosen(rewriter, found, note)

    def _reports(self) -> list[Diagnostic]:
        rules = load_rules()
        table = RuleTable(self.settings, rules)
        own = rules[RULE_CRASHED]
        found: list[Diagnostic] = []
        reasons = [((path, code), reason) for (path, code, _), reason in self.failed.items()]
        reasons += [((path, code), "it does not come to an end") for path, code in self.dropped]
        for (path, code), reason in dict(sorted(reasons)).items():
            if RULE_CRASHED not in table.enabled(path):
                continue
            message = (
                f"the fix of rule `{rules[code].name}` ({code}) was not applied to this file: {reason}. "
                "Please report it with the file"
            )
            severity, start = table.severity(own, own.severity), Location(1, 1)
            found.append(Diagnostic(own.code, own.name, severity, path, Range(0, 0), start, start, message))
        return found


def _chosen(
    rewriter: Rewriter, found: Sequence[Diagnostic], note: Callable[[Diagnostic, str], None]
) -> list[tuple[Diagnostic, tuple[Edit, ...]]]:
    """Return the fixes of a round with their edits, the first of those that meet; `note` is told of those that fail."""
    chosen: list[tuple[Diagnostic, tuple[Edit, ...]]] = []
    taken: list[Edit] = []
    isolated: set[Range] = set()
    for item in found:
        edits, reason = _edits(rewriter, item)
        if not edits or item.fix is None:
            note(item, reason or "it changes nothing")
            continue
        blocks = rewriter.isolation(item.fix)
        if blocks & isolated or any(_meet(edit, other) for edit in edits for other in taken):
            continue
        isolated |= blocks
        taken.extend(edits)
        chosen.append((item, edits))
    return chosen


def _rewriter(source: SourceText | SourceError | None) -> tuple[Rewriter | None, str]:
    from ormlint.linting.codemods import Rewriter, UnwritableError  # LibCST

    if not isinstance(source, SourceText):
        return None, "it could not be read"
    try:
        return Rewriter(source.data), ""
    except UnwritableError as error:
        return None, str(error)


def _edits(rewriter: Rewriter, item: Diagnostic) -> tuple[tuple[Edit, ...] | None, str]:
    """Return a fix's edits, or None and why there are none."""
    from ormlint.linting.codemods import TooDeepError

    assert item.fix is not None
    try:
        return rewriter.edits(item.fix), ""
    except TooDeepError:
        return None, TOO_DEEP
    except Exception as error:  # a fault of ormlint's own: it costs this fix, and is reported
        return None, f"{type(error).__name__}: {error}"


def _meet(first: Edit, second: Edit) -> bool:
    """Tell whether two edits cannot both be made. The same edit twice can, and two lines put in at one place."""
    if first == second:
        return False
    if first.range == second.range and first.range.start == first.range.end:
        return not (first.content.endswith(("\n", "\r")) and second.content.endswith(("\n", "\r")))
    return first.range.start <= second.range.end and second.range.start <= first.range.end


def _after(source: SourceText, edits: Sequence[Edit]) -> SourceText:
    data = source.data
    for edit in sorted(set(edits), key=lambda edit: (edit.range, edit.content), reverse=True):
        data = data[: edit.range.start] + edit.content.encode() + data[edit.range.end :]
    return SourceText(data, source.encoding, source.has_bom)


def _holds(before: SourceText, after: SourceText) -> bool:
    """Tell whether a text is still Python where it was, and can be stored as it was."""
    try:
        after.encode(after.text)
    except UnicodeEncodeError:
        return False
    return _compiles(after.text) or (not _compiles(before.text) and _is_read(after))


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<fixed>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _is_read(source: SourceText) -> bool:
    """Where the grammar is newer than the Python that runs: tree-sitter and LibCST read it without an error."""
    from ormlint.syntax import lower_parsed, parse_module

    return not lower_parsed(parse_module(source)).interface.problems and _rewriter(source)[0] is not None
