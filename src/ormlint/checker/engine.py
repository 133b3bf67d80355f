"""Check a project: read it as one program, ask the rules, suppress, sort."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from ormlint.checker.analysis import Analysis, analyse
from ormlint.checker.dispatch import Dispatcher, RuleCrash
from ormlint.checker.reading import FactsStore
from ormlint.checker.registry import load_rules
from ormlint.checker.result import CheckResult, Progress, Statistics
from ormlint.checker.selection import RuleTable
from ormlint.checker.suppressions import apply_suppressions
from ormlint.diagnostics import Applicability, Diagnostic, Fix, Related, Severity
from ormlint.diagnostics.steps import RemoveItem, ReplaceExpression
from ormlint.facts.module import SyntaxProblem
from ormlint.index.installed import Environment
from ormlint.linting.context import Finding
from ormlint.linting.rule import Rule
from ormlint.semantic.events import Reveal
from ormlint.settings import Settings
from ormlint.text import LineIndex, Location, Range, SourceError, SourceText

SYNTAX_ERROR = "ORM001"
RULE_CRASHED = "ORM002"


def check_project(
    files: Mapping[str, SourceText | SourceError],
    settings: Settings,
    *,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    environment: Environment | None = None,
    documents: Mapping[str, str] | None = None,
    store: FactsStore | None = None,
    jobs: int = 1,
) -> CheckResult:
    """Check `files` (path relative to the root, forward slashes → source) as one program.

    `environment` is where the bases of models that packages bring are read. `only` limits the paths whose
    findings are wanted; all files are read all the same. `documents` say where migrations are. `progress` is called
    with a phase's name, the files done and the files in all. `store` remembers facts between runs; `jobs` is how
    many processes may read files.

    Raises:
        SelectorError: a selector of the settings means no rule.
        WorkerDied: a process that read files ended without an answer.
    """
    statistics = Statistics()
    table = RuleTable(settings, load_rules())
    analysis = analyse(
        files, statistics, progress, environment=environment, documents=documents, store=store, jobs=jobs
    )
    return CheckResult(_Checker(files, settings, analysis, only, table).run(), statistics, table.warnings)


def check_analysed(
    files: Mapping[str, SourceText | SourceError], settings: Settings, analysis: Analysis
) -> list[Diagnostic]:
    """Return the diagnostics of a project that has been analysed already."""
    return _Checker(files, settings, analysis, None, RuleTable(settings, load_rules())).run()


class _Checker:
    """One run over an analysed project."""

    def __init__(
        self,
        files: Mapping[str, SourceText | SourceError],
        settings: Settings,
        analysis: Analysis,
        only: Collection[str] | None,
        table: RuleTable,
    ) -> None:
        self.files = files
        self.settings = settings
        self.analysis = analysis
        self.only = only
        self.rules = load_rules()
        self.table = table
        self.lines: dict[str, LineIndex] = {path: source.lines for path, source in analysis.sources.items()}
        # What may be suppressed elsewhere too is looked for there as a shadow of itself.
        self.shadows: list[Diagnostic] = []
        self.shadowed: dict[int, Diagnostic] = {}  # id of a shadow → the diagnostic

    def run(self) -> list[Diagnostic]:
        """Return the diagnostics of all wanted files, in the one order of all output."""
        by_path: dict[str, list[Diagnostic]] = {}
        for diagnostic in (*self._syntax_errors(), *self._rule_findings(), *self._reveals()):
            by_path.setdefault(diagnostic.path, []).append(diagnostic)
        for shadow in self.shadows:
            by_path.setdefault(shadow.path, []).append(shadow)
        kept: list[Diagnostic] = []
        shown: set[int] = set()  # shadows that no suppression silences
        for path in self.files:
            mine = by_path.get(path, [])
            is_wanted = self.only is None or path in self.only
            if is_wanted or any(id(diagnostic) in self.shadowed for diagnostic in mine):
                for diagnostic in self._unsuppressed(path, mine):
                    if id(diagnostic) in self.shadowed:
                        shown.add(id(diagnostic))
                    elif is_wanted:
                        kept.append(diagnostic)
        silenced = {id(found) for key, found in self.shadowed.items() if key not in shown}
        return sorted(
            (diagnostic for diagnostic in kept if id(diagnostic) not in silenced),
            key=lambda diagnostic: diagnostic.sort_key,
        )

    def _rule_findings(self) -> list[Diagnostic]:
        # Rules that no file has enabled are not asked at all.
        enabled = {code for path in self.files for code in self.table.enabled(path)}
        rules = [rule for code, rule in self.rules.items() if code in enabled]
        dispatcher = Dispatcher(self.analysis.model, rules, self.settings, self.lines)
        found = [self._with_shadows(finding) for finding in dispatcher.run()]
        found.extend(self._crashes(dispatcher.crashes))
        found.extend(self._failures())
        return [diagnostic for diagnostic in found if diagnostic.code in self.table.enabled(diagnostic.path)]

    def _with_shadows(self, finding: Finding) -> Diagnostic:
        """Return the diagnostic of a finding, and note where else it may be suppressed."""
        diagnostic = self._diagnostic(finding)
        if diagnostic.code in self.table.enabled(diagnostic.path):
            for place in finding.related:
                if place.silences and place.path in self.lines:
                    locate = self.lines[place.path].location
                    shadow = msgspec.structs.replace(
                        diagnostic,
                        path=place.path,
                        range=place.range,
                        start=locate(place.range.start),
                        end=locate(place.range.end),
                    )
                    self.shadows.append(shadow)
                    self.shadowed[id(shadow)] = diagnostic
        return diagnostic

    def _unsuppressed(self, path: str, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        source = self.analysis.sources.get(path)
        if source is None:
            return diagnostics
        comments = self.analysis.facts[path].interface.comments
        enabled, severity = self.table.enabled(path), self.table.severity
        noqa = self.settings.cli_noqa
        return apply_suppressions(path, source, comments, diagnostics, self.rules, enabled, severity, noqa=noqa)

    # -- diagnostics

    def _diagnostic(self, finding: Finding) -> Diagnostic:
        lines = self.lines[finding.path]
        severity = self.table.severity(finding.rule, finding.severity)
        related = tuple(
            Related(
                place.path,
                place.range,
                self.lines[place.path].location(place.range.start),
                self.lines[place.path].location(place.range.end),
                place.message,
            )
            for place in finding.related
        )
        return Diagnostic(
            finding.rule.code,
            finding.rule.name,
            severity,
            finding.path,
            finding.range,
            lines.location(finding.range.start),
            lines.location(finding.range.end),
            finding.message,
            finding.symbol,
            _with_comments_kept(finding.fix, lines.data),
            related,
        )

    def _own(self, code: str, path: str, where: Range, message: str) -> Diagnostic:
        """Make a diagnostic of ormlint's own."""
        rule: Rule = self.rules[code]
        lines = self.lines.get(path)
        start = lines.location(where.start) if lines is not None else Location(1, 1)
        end = lines.location(where.end) if lines is not None else Location(1, 1)
        severity = self.table.severity(rule, rule.severity)
        return Diagnostic(code, rule.name, severity, path, where, start, end, message)

    def _syntax_errors(self) -> Iterable[Diagnostic]:
        for path, source in self.files.items():
            if SYNTAX_ERROR not in self.table.enabled(path):
                continue
            if isinstance(source, SourceError):
                yield self._own(SYNTAX_ERROR, path, Range(0, 0), f"this file could not be read: {source.message}")
                continue
            problems: tuple[SyntaxProblem, ...] = self.analysis.facts[path].interface.problems
            for problem in problems:
                message = f"{problem.message}: this region was not read, the rest of the file was"
                yield self._own(SYNTAX_ERROR, path, problem.range, message)

    def _crashes(self, crashes: list[RuleCrash]) -> Iterable[Diagnostic]:
        seen: set[tuple[str, str]] = set()
        for crash in crashes:
            path = crash.module.path
            if (crash.rule.code, path) in seen:
                continue
            seen.add((crash.rule.code, path))
            cause = f"{type(crash.cause).__name__}: {crash.cause}"
            yield self._own(
                RULE_CRASHED,
                path,
                Range(0, 0),
                f"rule `{crash.rule.name}` ({crash.rule.code}) failed on this file with `{cause}`; the other rules "
                f"went on. Please report it with the file, and meanwhile ignore {crash.rule.code} for it",
            )

    def _failures(self) -> Iterable[Diagnostic]:
        for path, error in self.analysis.failures.items():
            yield self._own(
                RULE_CRASHED,
                path,
                Range(0, 0),
                f"the functions of this file could not all be followed (`{type(error).__name__}: {error}`), so some "
                "findings may be missing. Please report it with the file",
            )

    def _reveals(self) -> Iterable[Diagnostic]:
        """Answer `reveal_type(x)`, which only ormlint's own test documents call."""
        if "REVEAL" not in self.settings.extend_select:
            return
        for record in self.analysis.model.all_records():
            for event in record.events:
                if isinstance(event, Reveal):
                    lines = self.lines[record.module.path]
                    where = event.node.range
                    yield Diagnostic(
                        "REVEAL",
                        "reveal",
                        Severity.INFO,
                        record.module.path,
                        where,
                        lines.location(where.start),
                        lines.location(where.end),
                        event.text,
                    )


def _with_comments_kept(fix: Fix | None, data: bytes) -> Fix | None:
    """Return a fix, unsafe where it would lose a comment: what a safe one replaces holds none."""
    if fix is None or fix.applicability is not Applicability.SAFE:
        return fix
    for step in fix.steps:
        if isinstance(step, (ReplaceExpression, RemoveItem)) and b"\n" in data[step.range.start : step.range.end]:
            if b"#" in data[step.range.start : step.range.end]:
                return msgspec.structs.replace(fix, applicability=Applicability.UNSAFE)
    return fix
