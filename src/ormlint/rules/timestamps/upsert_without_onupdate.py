"""Rule upsert-without-onupdate. Its documentation and tests: upsert_without_onupdate.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM110",
    summary="An upsert leaves out a column whose `onupdate` it bypasses",
    since="0.1.0",
    severity=Severity.WARNING,
)

_CLAUSES = {
    "on_conflict_do_update": "ON CONFLICT DO UPDATE",
    "on_duplicate_key_update": "ON DUPLICATE KEY UPDATE",
}


@rule.on(subjects.Upsert)
def bypassed(context: Context, upsert: subjects.Upsert) -> None:
    mapped = upsert.mapped
    if mapped.open_reason is not None:
        return
    by_name = {name: attribute for attribute in mapped.columns() for name in _names(attribute)}
    changed = upsert.names - upsert.targets
    written = {attribute.name for name in changed if (attribute := by_name.get(name)) is not None}
    if not any(by_name[name].column.primary_key is False for name in written):  # type: ignore[union-attr]
        return  # what conflicts is set to what it is: that only makes RETURNING give the row
    missing = [
        attribute
        for attribute in mapped.columns()
        if attribute.column is not None
        and attribute.column.onupdate is not None
        and not upsert.names & _names(attribute)
        and not attribute.conditional
    ]
    if not missing:
        return
    names = " and ".join(f"`{mapped.name}.{attribute.name}`" for attribute in missing)
    verb = "keeps its" if len(missing) == 1 else "keep their"
    context.report(
        upsert.node,
        f"this upsert leaves out {names}: {_CLAUSES[upsert.method]} never runs `onupdate`, so {names} {verb} old "
        "value when the row is there already",
        symbol=f"{mapped.name}.{missing[0].name}",
        related=[timestamps.related_to(attribute, "the column and its `onupdate`") for attribute in missing],
    )


def _names(attribute: subjects.ModelAttribute) -> set[str]:
    """Return what a key may call a column: the attribute, or its name in the database."""
    return {attribute.name, attribute.column.name} if attribute.column is not None else {attribute.name}
