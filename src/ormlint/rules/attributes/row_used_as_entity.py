"""Rule row-used-as-entity. Its documentation and tests: row_used_as_entity.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM211",
    summary="A row is asked for an attribute of the object in it",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.PREVIEW,
)


@rule.on(subjects.RowLoad)
def row_load(context: Context, load: subjects.RowLoad) -> None:
    shape = f"`{load.mapped.name}`" if len(load.entities) == 1 else f"`{load.mapped.name}` and more"
    context.report(
        load.node.attr_range,
        f"this is a row that holds {shape}, not the object itself: `.{load.name}` raises AttributeError; "
        f"`.{load.mapped.name}.{load.name}` reads it, and `scalars()` gives the objects"
        if len(load.entities) == 1
        else f"this is a row that holds {shape}: `.{load.name}` raises AttributeError; "
        f"`.{load.mapped.name}.{load.name}` reads it",
        symbol=f"{load.mapped.name}.{load.name}",
    )
