"""Which answers from all files' summaries may be other ones, given what the summaries of some files were and are."""

from __future__ import annotations

from collections.abc import Iterable

from ormlint.checker import readings
from ormlint.semantic.summaries import FileSummary
from ormlint.semantic.written import FileWrites

EMPTY = FileSummary((), (), (), (), FileWrites())


class Touched:
    """What summaries say otherwise, by the kinds of `readings.PROJECT`."""

    def __init__(self, summaries: Iterable[tuple[str, FileSummary, FileSummary]]) -> None:
        """`summaries` are those before and after of each file whose bodies were followed, or that is gone."""
        self._names: dict[str, set[object]] = {"S": set(), "K": set(), "C": set(), "w": set()}
        self._has_other_writers = False
        self._is_other_class = False
        self._paths: set[str] = set()
        self._called: set[str] = set()  # functions that files call which were followed
        for path, before, after in summaries:
            self._add(path, before, after)

    def _add(self, path: str, before: FileSummary, after: FileSummary) -> None:
        names = self._names
        names["S"].update({*before.stored} ^ {*after.stored})
        names["K"].update(name for name, _ in {*before.kept} ^ {*after.kept})
        contradicted = {*before.contradictions} ^ {*after.contradictions}
        names["C"].update(f"{function}\n{name}" for function, name in contradicted)
        names["w"].update(_other_columns(before.writes, after.writes))
        self._is_other_class = self._is_other_class or _classes(before.writes) != _classes(after.writes)
        self._has_other_writers = self._has_other_writers or _writers(before) != _writers(after)
        self._paths.add(path)
        self._called.update(callee for flow in after.flows for callee in flow.calls)

    def may_differ(self, name: str, rests_on: frozenset[str] | None) -> bool:
        """Tell whether an answer may be another one now; `name` is that of a read of a kind in `readings.PROJECT`.

        `rests_on` is what was looked at for an answer about callers: what follows a call is in no summary.
        """
        kind, _, rest = name.partition("\n")
        if kind == readings.CALLERS:
            if rests_on is None or self._has_other_writers or not self._called.isdisjoint(rests_on):
                return True
            return any(item.partition("\t")[0] in self._paths for item in rests_on)
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
