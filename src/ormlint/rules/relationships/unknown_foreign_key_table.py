"""Rule unknown-foreign-key-table. Its documentation and tests: unknown_foreign_key_table.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.linting.relationships import WrittenKey, written_keys
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM504",
    summary="A foreign key names a table that no model and no `Table` declares",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def unknown_table(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    index = context.index
    for reference in written_keys(context, subject):
        parts = reference.key.split(".")
        if len(parts) < 2 or "?" in reference.key:
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
        meant: str | None
        named = index.called(table)
        if named and named[0].table:
            meant = named[0].table
            hint = f"; `{table}` is a class, whose table is `{meant}`"
            related.append(Place(named[0].symbol.module.path, named[0].symbol.facts.name_range, f"`{table}`"))
        else:
            near = closest(table, sorted(index.tables.by_name), 0.75)
            hint = f"; did you mean `{near}`?" if near else ""
            meant = nearest(table, sorted(index.tables.by_name))
        context.report_at(
            reference.module,
            reference.expr.range,
            f"no table is called `{table}`: `create_all()` and the first flush raise NoReferencedTableError, "
            f"and nothing does before{hint}",
            symbol=reference.symbol,
            related=related,
            fix=_fix(context, reference, meant),
        )


def _fix(context: Context, reference: WrittenKey, table: str | None) -> Fix | None:
    """Write the table that is meant, where the key is a literal `table.column`."""
    expr = reference.expr
    if table is None or not isinstance(expr, e.Str) or expr.value.count(".") != 1:
        return None
    key = f"{table}.{expr.value.partition('.')[2]}"
    return fixes.fix(f"Use `{key}`", fixes.respell(context, expr, key, reference.module), safe=False)
