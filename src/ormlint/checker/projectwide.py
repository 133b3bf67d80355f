"""Which answers from all files' summaries may be other ones, given what the summaries of some files were and are."""

from __future__ import annotations

from collections.abc import Iterable

from ormlint.checker import readings
from ormlint.semantic.summaries import FileSummary
from ormlint.semantic.written import FileWrites

EMPTY = FileSummary((), (), (), (), FileWrites())


class Touched:
    """What summaries say otherwise, by the kinds of `readings.PROJECT`."""

    def __init__(self, pairs: Iterable[tuple[FileSummary, FileSummary]]) -> None:
        """`pairs` are the summaries before and after of each file whose bodies were followed, or that is gone."""
        self._names: dict[str, set[object]] = {"S": set(), "K": set(), "C": set(), "w": set()}
        self._has_other_writers = False
        self._is_other_class = False
        self._has_callers = False
        for before, after in pairs:
            self._add(before, after)

    def _add(self, before: FileSummary, after: FileSummary) -> None:
        names = self._names
        names["S"].update({*before.stored} ^ {*after.stored})
        names["K"].update(name for name, _ in {*before.kept} ^ {*after.kept})
        names["C"].update(
            f"{function}\n{name}" for function, name in {*before.contradictions} ^ {*after.contradictions}
        )
        names["w"].update(_other_columns(before.writes, after.writes))
        self._is_other_class = self._is_other_class or _classes(before.writes) != _classes(after.writes)
        self._has_other_writers = self._has_other_writers or _writers(before) != _writers(after)
        self._has_callers = self._has_callers or any(flow.calls for flow in (*before.flows, *after.flows))

    def may_differ(self, name: str) -> bool:
        """Tell whether an answer may be another one now; `name` is that of a read of a kind in `readings.PROJECT`."""
        kind, _, rest = name.partition("\n")
        if kind == readings.CALLERS:  # what follows a call in a caller's body is in no summary
            return self._has_callers
        if kind == "W":
            return self._has_other_writers
        if kind == "O":
            return self._is_other_class
        return rest in self._names[kind]


def _classes(writes: FileWrites) -> object:
    return {*writes.opened}, {*writes.changed}, {*writes.constructed}


def _writers(summary: FileSummary) -> object:
    return {(flow.name, flow.writes, flow.handed_on) for flow in summary.flows if flow.writes or flow.handed_on}


def _other_columns(before: FileWrites, after: FileWrites) -> set[str]:
    """Return the names of columns that are written otherwise; places count, findings show them."""
    if before.sites == after.sites and before.loose == after.loose:
        return set()
    found = {name for name, _ in {*before.loose} ^ {*after.loose}}
    names = {site.column[1] for site in (*before.sites, *after.sites)}
    for name in names:
        if [item for item in before.sites if item.column[1] == name] != [
            item for item in after.sites if item.column[1] == name
        ]:
            found.add(name)
    return found
