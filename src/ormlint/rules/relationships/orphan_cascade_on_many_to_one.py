"""Rule orphan-cascade-on-many-to-one. Its documentation and tests: orphan_cascade_on_many_to_one.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.joins import between
from ormlint.index.model import MappedClass
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.names import closest
from ormlint.linting.relationships import has_any, is_unread, option, relationships, target_of
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM508",
    summary="A `delete-orphan` on the many side of a relationship, or a cascade that does not exist",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)

_CASCADES = ("all", "delete", "delete-orphan", "expunge", "merge", "none", "refresh-expire", "save-update")


@rule.on(subjects.Model)
def orphan_cascade(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, relationship, call in relationships(context, subject):
        target = target_of(context, attribute, relationship, call)
        own = option(call, "cascade")
        backref = option(call, "backref")
        reverse = backref.keyword("cascade") if isinstance(backref, e.Call) else None
        symbol = f"{mapped.name}.{attribute.name}"
        for given, here, there, options in ((own, mapped, target, call), (reverse, target, mapped, backref)):
            if given is None or not isinstance(options, e.Call):
                continue
            words = context.index.constants.string(given, attribute.module)
            if words is None:
                continue
            cascades = [word.strip() for word in words.split(",") if word.strip()]
            unknown = [word for word in cascades if word not in _CASCADES]
            if unknown:
                near = closest(unknown[0].replace("_", "-"), _CASCADES)
                hint = f"; did you mean `{near}`?" if near else ""
                when = "this line" if options is call else "the first use of any model"
                context.report_at(
                    attribute.module,
                    given.range,
                    f"there is no cascade `{unknown[0]}`: {when} raises ArgumentError{hint}",
                    symbol=symbol,
                )
                continue
            if "delete-orphan" not in cascades or has_any(options, "single_parent") or is_unread(call):
                continue
            direction = _direction(context, here, there, call, options is call)
            if direction is not None:
                context.report_at(
                    attribute.module,
                    given.range,
                    f"`delete-orphan` on the {direction} side of a relationship: an object may have other parents, so "
                    f"the first use of any model raises ArgumentError",
                    symbol=symbol,
                )


def _direction(
    context: Context, here: MappedClass | None, there: MappedClass | None, call: e.Call, is_own: bool
) -> str | None:
    """Return "many-to-one" or "many-to-many" where the relationship from `here` certainly is that."""
    if has_any(call, "secondary", "link_model"):
        return "many-to-many"
    if here is None or there is None or here.table == there.table or has_any(call, "primaryjoin"):
        return None
    if is_own and has_any(call, "remote_side"):
        return None
    found = between(context.index, here, there)
    if not found or any(key.table != here.table or key.target == here.table for key in found):
        return None
    return "many-to-one"
