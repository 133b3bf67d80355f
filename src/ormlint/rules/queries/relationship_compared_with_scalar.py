"""Rule relationship-compared-with-scalar. Its documentation and tests: relationship_compared_with_scalar.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM607",
    summary="A relationship is compared with what is no instance, or a column with an instance",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)

_EFFECTS = {
    "scalar": "is a relationship and this is no instance",
    "collection": "is a collection, which cannot be compared: this raises InvalidRequestError: Can't compare a "
    "collection to an object or collection; use contains() to test for membership",
    "column": "is a column and this is an instance: this raises ArgumentError: SQL expression element or literal "
    "value expected",
    "in_": "is a relationship: this raises NotImplementedError: in_() not yet supported for relationships",
    "any": "leads to one object: this raises InvalidRequestError: 'any()' not implemented for scalar attributes. "
    "Use has()",
    "has": "is a collection: this raises InvalidRequestError: 'has()' not implemented for collections. Use any()",
}


@rule.on(subjects.RelationshipOperand)
def wrong_operand(context: Context, operand: subjects.RelationshipOperand) -> None:
    name = f"{operand.mapped.name}.{operand.attribute.name}"
    effect = _EFFECTS[operand.form]
    if operand.form == "scalar" and operand.operator == "==":
        effect += ": this raises ArgumentError: Mapped instance expected for relationship comparison to object"
    elif operand.form == "scalar":
        effect += ": this raises AttributeError: no attribute '_sa_instance_state'"
    context.report(
        operand.node,
        f"`{name}` {effect}",
        symbol=name,
        related=[Place(operand.attribute.module.path, operand.attribute.range, f"`{name}` is declared here")],
    )
