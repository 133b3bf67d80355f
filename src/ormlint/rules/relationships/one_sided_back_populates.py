"""Rule one-sided-back-populates. Its documentation and tests: one_sided_back_populates.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.relationships import has_any, is_unread, is_viewonly, option, relationships, target_of
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM503",
    summary="A `back_populates` on one side only: changes of the other side are not seen here",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def one_sided(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, relationship, call in relationships(context, subject):
        given = option(call, "back_populates")
        target = target_of(context, attribute, relationship, call)
        if not isinstance(given, e.Str) or target is None or is_unread(call) or is_viewonly(call):
            continue
        other = target.attributes.get(given.value)
        if other is None or other.kind != "relationship" or other.relationship is None or other.conditional:
            continue
        back = other.relationship.call
        if back is None or is_unread(back) or is_viewonly(back) or has_any(back, "backref"):
            continue
        if has_any(call, "sync_backref") or has_any(back, "sync_backref"):
            continue
        answer = option(back, "back_populates")
        here, there = f"{mapped.name}.{attribute.name}", f"{target.name}.{other.name}"
        if answer is None:
            problem = (
                f"`{there}` has no `back_populates`: a change of it leaves `{here}` as it is until that is loaded again"
            )
        elif isinstance(answer, e.Str) and answer.value != attribute.name:
            if context.index.target(other.relationship) is not mapped or answer.value not in mapped.attributes:
                continue  # the other side is wrong, and is reported there
            bound = mapped.attributes[answer.value].relationship
            if bound is not None and bound.call is not None and is_viewonly(bound.call):
                effect = f", which is viewonly: a change of it leaves `{here}` as it is until that is loaded again"
            else:
                effect = f": changing `{here}` raises ValueError (Bidirectional attribute conflict)"
            problem = f"`{there}` is bound to `{mapped.name}.{answer.value}`{effect}"
        else:
            continue
        context.report_at(
            attribute.module,
            given.range,
            problem,
            symbol=here,
            related=[Place(other.module.path, other.range, f"`{there}`")],
        )
