"""Rule timestamp-override-with-python-default; documented and tested by the `.md` of its name."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM101",
    summary="A class replaces an inherited server-managed timestamp by a column with a Python default",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def python_default_over_server_default(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for name in timestamps.names(context):
        found = timestamps.override(context, mapped, name)
        if found is None or not found.inherited_column.is_server_managed:
            continue
        own = found.own_column
        if own.server_default is not None or not timestamps.is_python(own.default):
            continue
        lost = [
            argument
            for argument, default in (
                ("server_default", found.inherited_column.server_default),
                ("onupdate", None if own.onupdate else found.inherited_column.onupdate),
            )
            if default is not None
        ]
        parts = " and ".join(f"`{argument}`" for argument in lost) or "SQL default"
        verb = "are" if len(lost) > 1 else "is"
        context.report(
            found.own.range,
            f"`{mapped.name}.{name}` replaces the server-managed `{name}` of `{found.owner.name}` by a column with "
            f"only a Python `default`: the inherited {parts} {verb} gone, so raw SQL and other writers leave NULL or "
            "fail on NOT NULL, and generated migrations no longer create the default",
            symbol=f"{mapped.name}.{name}",
            fix=timestamps.repair(context, found),
            related=[timestamps.related_to(found.inherited, f"`{found.owner.name}.{name}`, which it replaces whole")],
        )
