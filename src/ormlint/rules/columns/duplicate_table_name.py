"""Rule duplicate-table-name. Its documentation and tests: duplicate_table_name.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.model import MappedClass
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule
from ormlint.linting.tables import has_own, is_in_parents_table, loaded_together, metadata_key, table_args

rule = Rule(
    __name__,
    code="ORM405",
    summary="Two classes claim one table of one `MetaData`",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.Model)
def claimed_twice(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    mine = _claim(context, mapped) if subject.is_mapped else None
    if mine is None:
        return
    for other in context.index.mapped.values():
        if other is mapped:
            return  # only those before it: of two classes the later one fails
        if other.table == mapped.table and _claim(context, other) == mine and loaded_together(context, mapped, other):
            context.report(
                mapped.symbol.facts.name_range,
                f"`{mapped.name}` and `{other.name}` both declare the table `{mapped.table}` in one MetaData: defining "
                f"the second raises InvalidRequestError, \"Table '{mine[2]}' is already defined\"",
                symbol=mapped.name,
                related=[Place(other.symbol.module.path, other.symbol.facts.name_range, "the other class")],
            )
            return


def _claim(context: Context, mapped: MappedClass) -> tuple[object, str, str] | None:
    """Return (MetaData, schema, full name) of the table a class surely creates when its module runs."""
    symbol = mapped.symbol
    if mapped.table is None or symbol.facts.is_conditional or symbol.facts.function >= 0:
        return None
    if "." in symbol.facts.qualname or has_own(context, mapped, "__table__", "__table_cls__"):
        return None
    if is_in_parents_table(context, mapped):
        return None
    metadata = metadata_key(context, mapped)
    args = table_args(context, mapped)
    if metadata is None or not args.is_complete:
        return None
    if "extend_existing" in args.options or "keep_existing" in args.options:
        return None
    schema = args.schema or ""
    return metadata, schema, f"{schema}.{mapped.table}" if schema else mapped.table
