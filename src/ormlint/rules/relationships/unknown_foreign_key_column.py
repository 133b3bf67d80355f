"""Rule unknown-foreign-key-column. Its documentation and tests: unknown_foreign_key_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.tables import KnownTable
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.linting.relationships import WrittenKey, written_keys
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM505",
    summary="A foreign key names a column that its table does not have",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def unknown_column(context: Context, subject: subjects.Model) -> None:
    for reference in written_keys(context, subject):
        parts = reference.key.split(".")
        if len(parts) < 2:
            continue
        table = context.index.tables.by_name.get(parts[-2].lower())
        if table is None or table.open is not None or not table.models or _may_have(table, parts[-1]):
            continue
        hint, related = _hint(table, parts[-1])
        context.report_at(
            reference.module,
            reference.expr.range,
            f"the table `{table.name}` has no column `{parts[-1]}`: `create_all()` and the first flush raise "
            f"NoReferencedColumnError{hint}",
            symbol=reference.symbol,
            related=related,
            fix=_fix(context, reference, table, parts[-1]),
        )


def _fix(context: Context, reference: WrittenKey, table: KnownTable, name: str) -> Fix | None:
    """Write the column's name in the database, or the column a name is a slip of."""
    columns = [
        (item.attribute.name, item.attribute.column.name)
        for items in table.columns.values()
        for item in items
        if item.attribute is not None and item.attribute.column is not None
    ]
    by_attribute = next((column for attribute, column in columns if attribute == name), None)
    meant = by_attribute or nearest(name, (column for _, column in columns))
    expr = reference.expr
    if meant is None or not isinstance(expr, e.Str):
        return None
    key = f"{expr.value.rpartition('.')[0]}.{meant}"
    return fixes.fix(f"Use `{key}`", fixes.respell(context, expr, key, reference.module), safe=False)


def _may_have(table: KnownTable, name: str) -> bool:
    if name.lower() in table.columns:
        return True
    # A column with a key of its own is found by that key.
    return any(
        column.attribute is None or column.attribute.column is None or "key" in column.attribute.column.arguments
        for columns in table.columns.values()
        for column in columns
        if not column.is_old
    )


def _hint(table: KnownTable, name: str) -> tuple[str, list[Place]]:
    for model in table.models:
        attribute = model.attributes.get(name)
        if attribute is not None and attribute.column is not None:
            return (
                f"; keys are written with the database's names, and `{model.name}.{name}` is called "
                f"`{attribute.column.name}` there",
                [Place(attribute.module.path, attribute.range, f"`{model.name}.{name}`")],
            )
    near = closest(name, sorted(table.columns), 0.6)
    model = table.models[0]
    place = Place(model.symbol.module.path, model.symbol.facts.name_range, f"`{table.name}` is declared here")
    return (f"; did you mean `{near}`?" if near else "", [place])
