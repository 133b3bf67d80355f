"""Rule broken-revision-chain. Its documentation and tests: broken_revision_chain.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.revisions import Problem
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM910",
    summary="A revision's parent does not exist, its id is taken, or revisions form a circle",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.History)
def broken_chain(context: Context, subject: subjects.History) -> None:
    graph = subject.environment.graph
    for problem in graph.problems:
        if problem.kind == "missing" and (graph.unknown is not None or not subject.environment.is_whole):
            continue  # the revision meant may be the one whose id is computed, or another package's
        related = (
            [Place(other.path, other.range, f"`{other.id}`") for other in problem.others]
            if problem.kind in ("duplicate", "cycle")
            else []
        )
        context.report_at(problem.module, problem.range, _message(problem), symbol=problem.name, related=related)


def _message(problem: Problem) -> str:
    if problem.kind == "missing":
        return f"there is no revision `{problem.name}`: every `alembic` command stops with KeyError '{problem.name}'"
    if problem.kind == "duplicate":
        return (
            f"revision `{problem.name}` is present more than once (also in {problem.others[0].path}): Alembic warns, "
            "takes one of them, and the other never runs"
        )
    if problem.kind == "cycle":
        names = ", ".join(f"`{other.id}`" for other in problem.others)
        return f'these revisions descend from themselves ({names}): Alembic stops with "Cycle is detected in revisions"'
    if problem.kind == "no-parent":
        return f"revision `{problem.name}` has no `down_revision`: every `alembic` command stops with AttributeError"
    return (
        'this file stands among the revisions and has no `revision`: every `alembic` command stops with "Could not '
        'determine revision id"'
    )
