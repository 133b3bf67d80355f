"""Rule lazy-load-in-async. Its documentation and tests: lazy_load_in_async.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM702",
    summary="A lazy relationship is read in a coroutine, of an object loaded without it",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.LazyLoad)
def lazy_load(context: Context, load: subjects.LazyLoad) -> None:
    name = f"{load.mapped.name}.{load.attribute.name}"
    context.report(
        load.node,
        f"`{name}` is loaded when it is first read, and `{load.receiver}` was loaded here without it: in a coroutine "
        "that raises MissingGreenlet, unless the session already holds what it leads to",
        symbol=name,
        related=[Place(load.attribute.module.path, load.attribute.range, f"`{name}` is declared here")],
    )
