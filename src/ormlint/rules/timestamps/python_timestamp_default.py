"""Rule python-timestamp-default. Its documentation and tests: python_timestamp_default.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.model import ModelAttribute
from ormlint.index.vocabulary.sqlalchemy import DATETIMES
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.rule import Option, Rule

rule = Rule(
    __name__,
    code="ORM103",
    summary="A timestamp with a Python default where other models leave it to the database",
    since="0.1.0",
    severity=Severity.INFO,
    options=(Option("always", False, "Report it also where no other model of the project leaves it to the database."),),
)


@rule.on(subjects.Model)
def python_default(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    created = dict.fromkeys(pair[0] for pair in timestamps.pairs(context))
    for name in timestamps.names(context):
        attribute = mapped.attributes.get(name)
        column = attribute.column if attribute is not None else None
        if attribute is None or column is None or column.unread or attribute.conditional:
            continue
        if (
            column.type not in DATETIMES
            or column.server_default is not None
            or not timestamps.is_python(column.default)
        ):
            continue
        if attribute.owner is not mapped.symbol or context.index.inherited(mapped, name) is not None:
            continue  # an override is ORM101's
        twin = _twin(context, name)
        if twin is None and not context.options["always"]:
            continue
        where = (
            f"`{(twin.owner or mapped.symbol).name}.{twin.name}` is filled"
            if twin is not None
            else "it could be filled"
        )
        context.report(
            attribute.range,
            f"`{mapped.name}.{name}` is filled by Python only, where {where} by the database: raw SQL, other programs "
            f"and migrations that {'insert' if name in created else 'write'} rows leave it NULL or fail on NOT NULL",
            symbol=f"{mapped.name}.{name}",
            related=[timestamps.related_to(twin, "filled by the database")] if twin is not None else [],
        )


def _twin(context: Context, name: str) -> ModelAttribute | None:
    """Return the first column of this name that the database fills with the present time."""
    for mapped in context.index.mapped.values():
        attribute = mapped.attributes.get(name)
        if attribute is None or attribute.column is None or attribute.module.is_installed:
            continue
        if timestamps.asks_database_for_now(attribute.column.server_default):
            return attribute
    return None
