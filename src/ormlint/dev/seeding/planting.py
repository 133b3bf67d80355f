"""One fault at a time: the changed file is lowered anew, the one function read again over the linked project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ormlint.checker.analysis import Analysis
from ormlint.checker.dispatch import Dispatcher
from ormlint.checker.registry import load_rules
from ormlint.dev.seeding.sites import Site
from ormlint.facts import expressions as e
from ormlint.semantic import types as t
from ormlint.semantic.events import Reveal
from ormlint.semantic.records import FunctionRecord
from ormlint.settings import Settings
from ormlint.syntax import lower_parsed, parse_module
from ormlint.text import SourceText

NOT_REACHED = "the place is not reached"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fault: `code` of the rule that spoke, else the type that is known at its place."""

    site: Site
    code: str | None
    known: str = ""
    is_model: bool = False  # the known type speaks of one of the mapped classes that have the attribute
    is_known: bool = False  # the type is known as a whole


class Planter:
    """Plants faults in an analysed project. Nothing is written to disk, and nothing stays changed."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.rules = load_rules()
        self.lines = {path: source.lines for path, source in analysis.sources.items()}

    def plant(self, site: Site) -> Outcome:
        """Return whether one of the site's rules speaks at the fault, and if not, what is known there."""
        data = self.analysis.sources[site.module.path].data
        changed = SourceText(data[: site.start] + site.text.encode() + data[site.end :])
        with self._changed(site, changed) as records:
            rules = [self.rules[code] for code in sorted(site.codes)]
            lines = {**self.lines, site.module.path: changed.lines}
            findings = Dispatcher(self.analysis.model, rules, Settings(), lines).events(records)
        end = site.start + len(site.text.encode())
        for finding in findings:
            if finding.path == site.module.path and finding.range.start < end and site.start < finding.range.end:
                return Outcome(site, finding.rule.code)
        return self._missed(site)

    def _missed(self, site: Site) -> Outcome:
        """Return what is known of a site's subject, by asking for its type in its place."""
        subject = site.subject
        if subject is None:
            return Outcome(site, None, "the call is not on a name")
        data = self.analysis.sources[site.module.path].data
        text = b"reveal_type(" + data[subject.start : subject.end] + b")"
        with self._changed(site, SourceText(data[: subject.start] + text + data[subject.end :])) as records:
            for record in records:
                for event in record.events:
                    if isinstance(event, Reveal) and event.node.start == subject.start:
                        kind = event.type
                        is_known = kind is not None and not any(isinstance(i, t.Unknown) for i in t.members(kind))
                        return Outcome(site, None, event.text, self._speaks_of_model(site, kind), is_known)
        return Outcome(site, None, NOT_REACHED)

    def _speaks_of_model(self, site: Site, kind: t.Type | None) -> bool:
        """Tell whether one of the types is one of the site's mapped classes, not a class that is only called so."""
        mapped_of = self.analysis.index.mapped_of
        for member in t.members(kind) if kind is not None else ():
            mapped = mapped_of(member.cls) if isinstance(member, (t.Instance, t.ClassType)) else None
            if mapped is not None and mapped.name in site.owners:
                return True
        return False

    @contextmanager
    def _changed(self, site: Site, source: SourceText) -> Iterator[list[FunctionRecord]]:
        analysis, path = self.analysis, site.module.path
        facts, interface = analysis.facts[path], site.module.own_interface
        analysis.facts[path] = lower_parsed(parse_module(source))
        site.module.own_interface = analysis.facts[path].interface
        try:
            with analysis.model.reread(site.function) as record:
                yield list(_with_inner(record))
        finally:
            analysis.facts[path], site.module.own_interface = facts, interface


def _with_inner(record: FunctionRecord) -> Iterator[FunctionRecord]:
    yield record
    for inner in record.inner.values():
        yield from _with_inner(inner)


def spelling(expr: e.Expr | None) -> str:
    """Return a short form of an expression for a listing."""
    return (e.dotted_name(expr) or type(expr).__name__.lower()) if expr is not None else ""
