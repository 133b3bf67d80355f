"""Rule multiple-heads. Its documentation and tests: multiple_heads.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM909",
    summary="A history of revisions has several heads, and `alembic upgrade head` refuses",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.History)
def several_heads(context: Context, subject: subjects.History) -> None:
    environment = subject.environment
    graph = environment.graph
    if graph.unknown is not None or any(problem.kind != "no-id" for problem in graph.problems):
        return  # a broken chain makes heads of its own
    heads = graph.heads
    if len(heads) < 2:
        return
    labels = [graph.labels_of(head) for head in heads]
    folders = [head.path.rpartition("/")[0] for head in heads]
    # Branches with labels of their own, or kept in folders of their own, are meant to stay apart.
    if all(labels) and len(set(labels)) == len(heads):
        return
    if len(environment.locations) > 1 and len(set(folders)) == len(heads):
        return
    last = heads[-1]
    others = ", ".join(f"`{head.id}`" for head in heads[:-1])
    context.report_at(
        last.module,
        last.range,
        f"`{last.id}` is a head beside {others}: `alembic upgrade head` stops with "
        '"Multiple head revisions are present"',
        symbol=last.id,
        related=[Place(head.path, head.range, f"`{head.id}` is a head too") for head in heads[:-1]],
    )
