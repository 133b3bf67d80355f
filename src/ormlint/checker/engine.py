"""Check a project: read it as one program, ask the rules, suppress, sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from ormlint.checker.analysis import Analysis, Clock, read_project
from ormlint.checker.comparison import Comparison
from ormlint.checker.dispatch import Dispatcher, RuleCrash
from ormlint.checker.incremental import Incremental
from ormlint.checker.kept import NOTHING_KEPT, FileState, Kept
from ormlint.checker.reading import FactsStore
from ormlint.checker.registry import load_rules
from ormlint.checker.result import CheckResult, Progress, Statistics
from ormlint.checker.selection import RuleTable
from ormlint.checker.suppressions import apply_suppressions, speaks
from ormlint.diagnostics import Applicability, Diagnostic, Fix, Related, Severity
from ormlint.diagnostics.steps import RemoveItem, ReplaceExpression
from ormlint.facts.module import Comment
from ormlint.index.installed import Environment
from ormlint.linting import subjects
from ormlint.linting.context import Finding
from ormlint.linting.rule import Rule
from ormlint.semantic.events import Reveal
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
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
    return check_again(
        files,
        settings,
        None,
        only=only,
        progress=progress,
        environment=environment,
        documents=documents,
        store=store,
        jobs=jobs,
        keep=False,
    )[0]


def check_again(
    files: Mapping[str, SourceText | SourceError],
    settings: Settings,
    kept: Kept | None,
    *,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    environment: Environment | None = None,
    documents: Mapping[str, str] | None = None,
    store: FactsStore | None = None,
    jobs: int = 1,
    before: Analysis | None = None,
    keep: bool = True,
    model_class: type[SemanticModel] = SemanticModel,
) -> tuple[CheckResult, Kept, Analysis]:
    """Check files of which an earlier version was checked, and return what is to be kept for the next time.

    `kept` has to be of the same settings and documents; with it only what changed is worked out, and the result is
    what it would be without. `before` is the analysis of the check that it was kept of, where that is at hand. The
    model of the analysis holds records of the files that were interpreted. Without `keep` what is returned is of no
    use for a next time.
    """
    statistics = Statistics()
    table = RuleTable(settings, load_rules())
    if "REVEAL" in settings.extend_select:
        kept = None
    analysis = read_project(files, statistics, progress, environment, documents, store, jobs, kept, before)
    if model_class is not SemanticModel:
        analysis = replace(analysis, model=model_class(analysis.index))
    done = _Checker(files, settings, analysis, only, table, statistics).run(progress, keep)
    if done is None:  # what calls tell of parameters is no longer what it was
        if analysis.index.is_partial:
            analysis = read_project(files, statistics, progress, environment, documents, store, jobs)
            analysis = replace(analysis, model=model_class(analysis.index))
        else:
            anew = Comparison(NOTHING_KEPT, analysis.sources, analysis.facts, store)
            analysis = replace(analysis, model=model_class(analysis.index), comparison=anew)
        done = _Checker(files, settings, analysis, only, table, statistics).run(progress, keep)
    assert done is not None
    diagnostics, found = done
    return CheckResult(diagnostics, statistics, table.warnings), found, analysis


def check_analysed(
    files: Mapping[str, SourceText | SourceError], settings: Settings, analysis: Analysis
) -> list[Diagnostic]:
    """Return the diagnostics of a project that has been analysed already."""
    table = RuleTable(settings, load_rules())
    done = _Checker(files, settings, analysis, None, table, Statistics()).run(None)
    return done[0] if done is not None else []


class _Lines(Mapping[str, LineIndex]):
    """The line indexes of texts, each made when it is asked for."""

    def __init__(self, sources: Mapping[str, SourceText]) -> None:
        self.sources = sources

    def __getitem__(self, path: str) -> LineIndex:
        return self.sources[path].lines

    def __contains__(self, path: object) -> bool:
        return path in self.sources

    def __iter__(self) -> Iterator[str]:
        return iter(self.sources)

    def __len__(self) -> int:
        return len(self.sources)


class _Checker:
    """One run over a linked project."""

    def __init__(
        self,
        files: Mapping[str, SourceText | SourceError],
        settings: Settings,
        analysis: Analysis,
        only: Collection[str] | None,
        table: RuleTable,
        statistics: Statistics,
    ) -> None:
        self.files = files
        self.settings = settings
        self.analysis = analysis
        self.only = only
        self.rules = load_rules()
        self.table = table
        self.statistics = statistics
        self.lines: Mapping[str, LineIndex] = _Lines(analysis.sources)
        # Rules that no file has enabled are not asked at all.
        enabled = frozenset().union(*{table.enabled(path) for path in files}) if files else frozenset()
        rules = [rule for code, rule in self.rules.items() if code in enabled]
        self.dispatcher = Dispatcher(analysis.model, rules, settings, self.lines)
        # What may be suppressed elsewhere too is looked for there as a shadow of itself.
        self.shadows: dict[int, list[Diagnostic]] = {}  # by the `id` of a diagnostic

    def run(self, progress: Progress | None, keep: bool = False) -> tuple[list[Diagnostic], Kept] | None:
        """Return the diagnostics of all wanted files, in the one order of all output, and what is to be kept.

        None when nothing can be told from what was kept.
        """
        analysis, statistics = self.analysis, self.statistics
        clock = Clock(statistics)
        again = Incremental(
            analysis.index,
            analysis.model,
            analysis.sources,
            analysis.facts,
            analysis.linked,
            analysis.comparison,
            keep,
            analysis.reads,
        )
        analysis.reads = again.reads
        found = again.run(self, progress)
        if found is None:
            clock.lap("check")
            return None
        statistics.interpreted, statistics.asked = again.changes.interpreted, again.changes.asked
        statistics.given_up = dict(Counter(reason for state in found.files.values() for reason in state.given_up))
        clock.lap("check")
        diagnostics = self._diagnostics(found)
        clock.lap("report")
        return diagnostics, found

    def _diagnostics(self, kept: Kept) -> list[Diagnostic]:
        by_path: dict[str, list[Diagnostic]] = {}
        states = list(kept.files.values())
        units = [*(state.models for state in states), kept.schema, *(state.events for state in states)]
        seen: set[tuple[object, ...]] = set()
        shadowed: dict[int, Diagnostic] = {}  # id of a shadow → the diagnostic
        for diagnostic in self._syntax_errors(kept):
            by_path.setdefault(diagnostic.path, []).append(diagnostic)
        for unit in units:
            shown_here: set[int] = set()
            for number, diagnostic in enumerate(unit.findings):
                about = diagnostic.message
                if diagnostic.code == RULE_CRASHED:
                    about = about.partition(" failed on this file")[0]
                key = (diagnostic.code, diagnostic.path, diagnostic.range, about)
                if key not in seen:
                    seen.add(key)
                    shown_here.add(number)
                    by_path.setdefault(diagnostic.path, []).append(diagnostic)
            for number, shadow in unit.shadows:
                if number in shown_here:
                    shadowed[id(shadow)] = unit.findings[number]
                    by_path.setdefault(shadow.path, []).append(shadow)
        for diagnostic in self._reveals():
            by_path.setdefault(diagnostic.path, []).append(diagnostic)
        wanted: list[Diagnostic] = []
        shown: set[int] = set()  # shadows that no suppression silences
        for path in self.files:
            mine = by_path.get(path, [])
            is_wanted = self.only is None or path in self.only
            if is_wanted or any(id(diagnostic) in shadowed for diagnostic in mine):
                for diagnostic in self._unsuppressed(path, kept.files.get(path), mine):
                    if id(diagnostic) in shadowed:
                        shown.add(id(diagnostic))
                    elif is_wanted:
                        wanted.append(diagnostic)
        silenced = {id(found) for key, found in shadowed.items() if key not in shown}
        return sorted(
            (diagnostic for diagnostic in wanted if id(diagnostic) not in silenced),
            key=lambda diagnostic: diagnostic.sort_key,
        )

    # -- asking the rules

    def models(self, found: list[subjects.Model]) -> list[Diagnostic]:
        """Ask about mapped classes."""
        return self._enabled(self.dispatcher.models(found))

    def events(self, records: list[FunctionRecord]) -> list[Diagnostic]:
        """Ask about what was seen in bodies."""
        return self._enabled(self.dispatcher.events(records))

    def schema(self) -> list[Diagnostic]:
        """Ask about migrations."""
        return self._enabled(self.dispatcher.schema())

    def _enabled(self, findings: list[Finding]) -> list[Diagnostic]:
        found = [self._with_shadows(finding) for finding in findings]
        found.extend(self._crashes(self.dispatcher.take_crashes()))
        return [diagnostic for diagnostic in found if diagnostic.code in self.table.enabled(diagnostic.path)]

    def failure(self, path: str, error: Exception) -> list[Diagnostic]:
        """Return what is said of a file whose bodies could not all be followed."""
        message = (
            f"the functions of this file could not all be followed (`{type(error).__name__}: {error}`), so some "
            "findings may be missing. Please report it with the file"
        )
        said = self._own(RULE_CRASHED, path, Range(0, 0), message)
        return [said] if RULE_CRASHED in self.table.enabled(path) else []

    def speaks(self, comment: Comment) -> bool:
        """Tell whether a comment may silence findings."""
        return speaks(comment, self.rules)

    def shadows_of(self, diagnostics: Sequence[Diagnostic]) -> list[tuple[int, Diagnostic]]:
        """Return where else diagnostics may be suppressed, each with the number of its diagnostic."""
        return [
            (number, shadow) for number, item in enumerate(diagnostics) for shadow in self.shadows.get(id(item), ())
        ]

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
                    self.shadows.setdefault(id(diagnostic), []).append(shadow)
        return diagnostic

    def _unsuppressed(self, path: str, state: FileState | None, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        if state is None or not state.comments:
            return diagnostics
        source, comments = self.analysis.sources[path], state.comments
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

    def _syntax_errors(self, kept: Kept) -> Iterable[Diagnostic]:
        for path, source in self.files.items():
            if SYNTAX_ERROR not in self.table.enabled(path):
                continue
            if isinstance(source, SourceError):
                yield self._own(SYNTAX_ERROR, path, Range(0, 0), f"this file could not be read: {source.message}")
                continue
            for problem in kept.files[path].problems:
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
