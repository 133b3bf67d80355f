"""Rule missing-primary-key. Its documentation and tests: missing_primary_key.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.symbols import External
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule
from ormlint.linting.tables import has_own, mapped_parent, table_args

rule = Rule(
    __name__,
    code="ORM404",
    summary="A mapped class without a primary key",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.Model)
def no_primary_key(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    if not subject.is_mapped or mapped.table is None or mapped.open_reason is not None:
        return
    columns = [attribute.column for attribute in mapped.columns() if attribute.column is not None]
    if not columns or any(column.primary_key or column.unread for column in columns):
        return
    # What is not read may be a column, and so may what another class or a name of the module gives.
    if any(
        attribute.kind == "unknown"
        or (attribute.kind == "plain" and isinstance(attribute.value, (e.Call, e.Name, e.Attribute, e.Subscript)))
        for attribute in mapped.attributes.values()
    ):
        return
    if any(isinstance(base, External) and base.name.endswith("ConcreteBase") for base in mapped.mro):
        return
    if mapped_parent(context, mapped) is not None or has_own(context, mapped, "__mapper_args__", "__table__"):
        return
    if has_own(context, mapped, "__table_cls__", "__init_subclass__", "__mapper_cls__", "__declare_first__"):
        return
    args = table_args(context, mapped)
    if not args.is_complete or any(_may_be_key(call) for call in args.calls):
        return
    context.report(
        mapped.symbol.facts.name_range,
        f"no column of `{mapped.name}` is a primary key: defining the class raises ArgumentError, "
        f"\"could not assemble any primary key columns for mapped table '{mapped.table}'\"",
        symbol=mapped.name,
    )


def _may_be_key(call: e.Call) -> bool:
    return (e.dotted_name(call.func) or "").rpartition(".")[2] not in (
        "Index",
        "UniqueConstraint",
        "CheckConstraint",
        "ForeignKeyConstraint",
    )
