"""Subjects to rules: every rule is asked about every subject of the kinds it hooks on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ormlint.checker.suppressions import type_ignored_rows
from ormlint.index.reads import READS
from ormlint.index.symbols import Module
from ormlint.linting import subjects
from ormlint.linting.context import Context, Finding
from ormlint.linting.rule import Rule
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
from ormlint.settings import Settings
from ormlint.text import LineIndex

_COMPARED = {subjects.SchemaDifference, subjects.CoreDifference, subjects.TableWithoutModel}
_REPLAYED = {*_COMPARED, subjects.RevisionHazard}


class RuleCrash(Exception):
    """A rule raised; `rule` and the subject's module say where."""

    def __init__(self, rule: Rule, module: Module, cause: BaseException) -> None:
        super().__init__(f"{rule.name} raised {type(cause).__name__}: {cause}")
        self.rule = rule
        self.module = module
        self.cause = cause


class Dispatcher:
    """Asks the enabled rules about the subjects of one project."""

    def __init__(
        self,
        model: SemanticModel,
        rules: Iterable[Rule],
        settings: Settings,
        lines: Mapping[str, LineIndex],
    ) -> None:
        self.model = model
        self.settings = settings
        self.lines = lines
        self.hooks: dict[type, list[tuple[Rule, Any]]] = {}
        for rule in rules:
            for subject, functions in rule.hooks.items():
                self.hooks.setdefault(subject, []).extend((rule, function) for function in functions)
        self.options = {rule.name: {**rule.option_defaults(), **settings.rules.get(rule.name, {})} for rule in rules}
        self.crashes: list[RuleCrash] = []
        self._contexts: dict[tuple[str, str], Context] = {}
        self._ignored: dict[str, frozenset[int]] = {}

    def models(self, found: Iterable[subjects.Model]) -> list[Finding]:
        """Ask about mapped classes, and return what was found, each finding once."""
        for subject in found:
            self._ask(subject, subject.mapped.symbol.module)
        return self._found()

    def events(self, records: Iterable[FunctionRecord]) -> list[Finding]:
        """Ask about what was seen in bodies."""
        for record in records:
            for event in record.events:
                self._ask(event, record.module)
        return self._found()

    def schema(self) -> list[Finding]:
        """Ask about the history of revisions, and what models and revisions differ in."""
        if subjects.History in self.hooks:
            for environment in self.model.index.environments(self.settings.migrations):
                self._ask(subjects.History(environment), environment.modules[0])
        if not _REPLAYED.isdisjoint(self.hooks):
            self._ask_about_migrations()
        return self._found()

    def take_crashes(self) -> list[RuleCrash]:
        """Return the crashes since the last time."""
        crashes, self.crashes = self.crashes, []
        return crashes

    def _found(self) -> list[Finding]:
        found: dict[tuple[Any, ...], Finding] = {}
        for context in self._contexts.values():
            for finding in map(self._in_project, context.findings):
                if finding is None:
                    continue
                key = (finding.rule.code, finding.path, finding.range, finding.message)
                found.setdefault(key, finding)
        self._contexts.clear()
        return list(found.values())

    def _ask_about_migrations(self) -> None:
        index, settings = self.model.index, self.settings
        if not index.environments(settings.migrations):
            return
        from ormlint.schema.drift import compare, replays  # brings SQLAlchemy with it
        from ormlint.schema.revisions import revision_hazards

        done = replays(index, settings.migrations, settings.dialects)
        for subject in revision_hazards(index, done):
            self._ask(subject, index.own_modules[subject.hazard.step.path])
        if not _COMPARED.isdisjoint(self.hooks):
            for found in compare(index, done, settings.migrations):
                if isinstance(found, subjects.TableWithoutModel):
                    self._ask(found, index.own_modules[found.step.path])
                elif isinstance(found, subjects.CoreDifference):
                    self._ask(found, found.module)
                else:
                    self._ask(found, found.mapped.symbol.module)

    def _in_project(self, finding: Finding) -> Finding | None:
        """Leave out what stands in installed packages: nothing can be done about it here."""
        if finding.path not in self.lines:
            return None
        related = tuple(place for place in finding.related if place.path in self.lines)
        return finding if len(related) == len(finding.related) else replace(finding, related=related)

    def _ask(self, subject: object, module: Module) -> None:
        for rule, function in self.hooks.get(type(subject), ()):
            context = self._context(rule, module)
            try:
                function(context, subject)
            except Exception as error:  # a broken rule must not cost the others' findings
                self.crashes.append(RuleCrash(rule, module, error))

    def _context(self, rule: Rule, module: Module) -> Context:
        key = (rule.code, module.path)
        found = self._contexts.get(key)
        if found is None:
            lines = self.lines[module.path]
            found = self._contexts[key] = Context(
                rule,
                module,
                self.model,
                self.settings,
                self.options[rule.name],
                self._type_ignored(module, lines),
                lines.row,
                lines.data,
                self._text,
            )
        return found

    def _text(self, path: str) -> bytes:
        READS.seen.add(("text", path))
        return self.lines[path].data if path in self.lines else b""

    def _type_ignored(self, module: Module, lines: LineIndex) -> frozenset[int]:
        if module.path not in self._ignored:
            self._ignored[module.path] = type_ignored_rows(lines, module.own_interface.comments)
        return self._ignored[module.path]
