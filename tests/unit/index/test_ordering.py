"""The order of revisions, beside Alembic's own."""

from __future__ import annotations

import random
import warnings

import pytest
from alembic.script.revision import Revision, RevisionMap

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.index.revisions import RevisionGraph
from ormlint.text import decode_source

Graph = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]  # id → parents, dependencies


def _graph(given: Graph) -> RevisionGraph:
    sources = {
        f"versions/{key}.py": decode_source(
            f"revision = {key!r}\ndown_revision = {parents or None!r}\ndepends_on = {needs or None!r}\n".encode()
        )
        for key, (parents, needs) in given.items()
    }
    (environment,) = analyse(sources, Statistics(), interpret=False).index.environments()
    return environment.graph


def _alembic(given: Graph) -> list[str]:
    revisions = [Revision(key, given[key][0] or None, given[key][1] or None) for key in sorted(given)]
    found = RevisionMap(lambda: revisions).iterate_revisions("heads", "base")
    return [revision.revision for revision in found if revision is not None][::-1]


def _random(seed: int) -> Graph:
    """Return branches, merges and a few dependencies; ids are in no order."""
    chance = random.Random(seed)
    ids = [f"{chance.randrange(16**6):06x}{number:02d}" for number in range(chance.randrange(2, 26))]
    given: Graph = {}
    for number, key in enumerate(ids):
        count = chance.choices((0, 1, 2, 3), (1, 12, 3, 1))[0]
        parents = tuple(chance.sample(ids[:number], min(count, number)))
        needs = tuple(chance.sample(ids[:number], 1)) if number and chance.random() < 0.08 else ()
        given[key] = (parents, tuple(item for item in needs if item not in parents))
    return given


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_random_histories_run_as_alembic_runs_them(start: int) -> None:
    for seed in range(start, start + 20):
        given = _random(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = _alembic(given)
        assert [revision.id for revision in _graph(given).ordered()] == wanted, (seed, given)


def test_a_branch_that_renames_what_the_other_changes() -> None:
    given: Graph = {"b1": ((), ()), "a2": (("b1",), ()), "f2": (("b1",), ()), "c3": (("a2", "f2"), ())}
    assert [revision.id for revision in _graph(given).ordered()] == _alembic(given) == ["b1", "f2", "a2", "c3"]


def test_parts_of_a_circle_are_left_out() -> None:
    given: Graph = {"a": ((), ()), "b": (("a",), ()), "c": (("d",), ()), "d": (("c",), ())}
    assert [revision.id for revision in _graph(given).ordered()] == ["a", "b"]
