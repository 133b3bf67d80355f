"""Rule unknown-foreign-key-table. Its documentation and tests: unknown_foreign_key_table.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest
from ormlint.linting.relationships import foreign_keys
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM504",
    summary="A foreign key names a table that no model and no `Table` declares",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def unknown_table(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    index = context.index
    for attribute, _, reference, key in foreign_keys(subject):
        parts = key.split(".")
        if reference.target is None or len(parts) < 2 or "?" in key:
            continue
        table = parts[-2]
        if table.lower() in index.tables.by_name or index.registry(mapped) is None:
            continue
        if index.tables.unknown is not None:
            continue
        made = index.made_by_calls
        if made.any_table or made.any_class or any(name.rpartition(".")[2] == table for name in made.tables):
            continue
        related: list[Place] = []
        named = index.called(table)
        if named and named[0].table:
            hint = f"; `{table}` is a class, whose table is `{named[0].table}`"
            related.append(Place(named[0].symbol.module.path, named[0].symbol.facts.name_range, f"`{table}`"))
        else:
            near = closest(table, sorted(index.tables.by_name), 0.75)
            hint = f"; did you mean `{near}`?" if near else ""
        context.report_at(
            reference.module,
            reference.expr.range,
            f"no table is called `{table}`: `create_all()` and the first flush raise NoReferencedTableError, "
            f"and nothing does before{hint}",
            symbol=f"{mapped.name}.{attribute.name}",
            related=related,
        )
