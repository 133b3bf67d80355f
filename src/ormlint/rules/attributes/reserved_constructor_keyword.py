"""Rule reserved-constructor-keyword. Its documentation and tests: reserved_constructor_keyword.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts.expressions import Constant, Keyword
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.keys import database_name_of
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM207",
    summary="A constructor is given a name that the class has for something else",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.ConstructorCall)
def reserved_keyword(context: Context, call: subjects.ConstructorCall) -> None:
    mapped = call.mapped
    if mapped.constructor.kind != "default" or mapped.constructor.open_reason is not None:
        return
    for given in call.keywords:
        if not isinstance(given.node, Keyword) or given.name in mapped.constructor.extra:
            continue
        if isinstance(given.value, Constant) and given.value.value is None:
            continue
        attribute = mapped.attributes.get(given.name)
        if attribute is not None:
            if attribute.kind != "method":
                continue
            what = f"`{mapped.name}.{given.name}` is a method: the constructor puts the value over it on this object"
        elif given.name in ("metadata", "registry") and mapped.has_base:
            what = f"`{given.name}` is SQLAlchemy's own name on every model: the constructor accepts it"
        elif given.name == "query" and mapped.style == "flask":
            what = "`query` is Flask-SQLAlchemy's own name on every model: the constructor accepts it"
        else:
            continue
        stored = database_name_of(mapped, given.name)
        hint = f"; `{given.name}` is the database's name of `{stored}`" if stored else ""
        if not hint and f"{given.name}_" in mapped.attributes:
            hint = f"; did you mean `{given.name}_`?"
        context.report(
            given.node.name_range, f"{what}, and the value is never stored{hint}", symbol=f"{mapped.name}({given.name})"
        )
