"""What is wrong with revisions themselves, as their replay shows it; no model is needed."""

from __future__ import annotations

from collections.abc import Iterator

from ormlint.index.project import ProjectIndex
from ormlint.schema.coverage import Metadatas, created_at_runtime
from ormlint.schema.difference import RevisionHazard
from ormlint.schema.replay.hazards import Hazard
from ormlint.schema.replay.run import Replay


def revision_hazards(index: ProjectIndex, replays: list[Replay]) -> Iterator[RevisionHazard]:
    """Yield the steps of all environments that will fail, or that hide what others do, each once."""
    seen: set[tuple[str, int, str]] = set()
    for item in replays:
        order = [revision.id for revision in item.environment.graph.ordered()]
        ages = {key: age for age, key in enumerate(reversed(order))}
        for hazard in (*_opaque(item), *item.hazards.found, *_unknown_targets(index, item, replays)):
            key = (hazard.step.path, hazard.step.range.start, hazard.kind + hazard.name)
            if key not in seen:
                seen.add(key)
                yield RevisionHazard(hazard, item.environment, ages.get(hazard.step.revision, 0))


def _opaque(item: Replay) -> Iterator[Hazard]:
    """Yield the first step that makes what the models say on the day it runs: from there on nothing is proved."""
    for step in item.opaque_steps[:1]:
        yield Hazard("opaque", step, "", "")


def _unknown_targets(index: ProjectIndex, item: Replay, replays: list[Replay]) -> Iterator[Hazard]:
    """Yield operations on what no revision makes, in a history that starts on an empty database.

    A history whose first revision makes no table starts on a database that is there already, and one that calls
    `create_all`, or whose application does, may have made anything. A table of a library is made by
    that library: only tables of the project's own models count.
    """
    graph = item.environment.graph
    if item.schema.open is not None or graph.problems or graph.unknown is not None:
        return
    if not item.starts_empty:
        return
    known = index.tables.by_name
    elsewhere = {table.name for other in replays if other is not item for table in other.schema.tables.values()}
    found = [
        Hazard("unknown-target", step, table.name, column)
        for step, table, column in item.missing
        if table.name not in elsewhere
        and table.name.lower() not in item.hazards.views
        and (column or table.name.lower() in known)
    ]
    revisions = {module.path for other in replays for module in other.environment.modules}
    if found and not created_at_runtime(index, Metadatas(index), revisions):
        yield from found
