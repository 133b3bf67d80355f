"""Rule stray-status-string. Its documentation and tests: stray_status_string.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.linting import fixes, statuses, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest
from ormlint.linting.rule import Fixes, Rule
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM308",
    summary="A string column is compared with a string that nothing ever stores in it",
    since="0.1.0",
    severity=Severity.WARNING,
    fixes=Fixes.SOMETIMES,
)

_OUTCOMES = {
    "!=": "this is true of every row that has a value",
    "in": "this element never matches",
    "in_": "this element never matches",
    "not in": "this element excludes nothing",
    "not_in": "this element excludes nothing",
    "notin_": "this element excludes nothing",
    "match": "this case never matches",
}


@rule.on(subjects.ComparedValue)
def never_stored(context: Context, operand: subjects.ComparedValue) -> None:
    mapped, attribute = operand.mapped, operand.attribute
    if not statuses.is_string(attribute) or operand.operator not in ("==", *_OUTCOMES):
        return
    if "down_revision" in context.module.scope:
        return  # revisions meet the rows of their own time
    given = statuses.given_strings(context, mapped, attribute)
    if given is None or sum(given.values()) < 2:
        return
    written = context.model.written(mapped, attribute).sites
    name = f"{mapped.name}.{attribute.name}"
    for member in t.members(operand.type):
        if not isinstance(member, t.Literal) or not isinstance(member.value, str) or member.value in ("", *given):
            continue
        if not written or statuses.is_in_sql(context, mapped, attribute):
            return
        known = sorted(text for text, is_sure in given.items() if is_sure)
        near = closest(member.value, known, 0.7)
        outcome = _OUTCOMES.get(operand.operator, "this is never true")
        context.report(
            operand.node,
            f"`{name}` is compared with {member.value!r}, which nothing in the project ever stores there (it stores "
            f"{', '.join(map(repr, known))}): {outcome}" + (f"; did you mean {near!r}?" if near else ""),
            symbol=name,
            related=[
                Place(attribute.module.path, attribute.range, "the column"),
                *(
                    Place(site.path, site.range, f"stores {near!r}")
                    for site in written
                    if any(value.text == near for value in site.values)
                ),
            ][:4],
            fix=_fix(operand.node, near),
        )


def _fix(node: e.Expr, near: str | None) -> Fix | None:
    if near is None or not isinstance(node, e.Str):
        return None
    return fixes.fix(f"Compare with {near!r}", fixes.replace(node, f'"{near}"'), safe=False)
