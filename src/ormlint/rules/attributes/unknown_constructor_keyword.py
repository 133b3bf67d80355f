"""Rule unknown-constructor-keyword. Its documentation and tests: unknown_constructor_keyword.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts.expressions import Keyword
from ormlint.index.model import MappedClass
from ormlint.linting import fixes, subjects
from ormlint.linting.constructors import accepts_keyword
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM201",
    summary="A constructor is given a keyword that the model does not have",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.ConstructorCall)
def unknown_keyword(context: Context, call: subjects.ConstructorCall) -> None:
    mapped = call.mapped
    constructor = mapped.constructor
    if constructor.open_reason is not None or call.is_expected:
        return
    if constructor.kind != "custom" and mapped.open_reason is not None and not mapped.open_on_reads:
        return
    for given in call.keywords:
        if accepts_keyword(context.index, mapped, given.name):
            continue
        place = given.node.name_range if isinstance(given.node, Keyword) else given.node.range
        context.report(
            place,
            _message(mapped, given.name),
            symbol=f"{mapped.name}({given.name})",
            fix=_fix(call, given),
            related=[
                Place(
                    mapped.symbol.module.path,
                    mapped.symbol.facts.name_range,
                    f"`{mapped.name}` is defined here",
                )
            ],
        )


def _fix(call: subjects.ConstructorCall, given: subjects.GivenKeyword) -> Fix | None:
    """Rename the keyword to the one that is meant; without one, leave it out."""
    meant = _meant(call.mapped, given.name)
    if meant is not None and all(other.name != meant for other in call.keywords):
        if isinstance(given.node, Keyword):
            return fixes.fix(f"Rename it to `{meant}`", fixes.rename(given.node.name_range, meant), safe=False)
        return fixes.fix(f"Rename it to `{meant}`", fixes.replace(given.node, f'"{meant}"'), safe=False)
    if isinstance(given.node, Keyword):
        return fixes.fix(f"Remove `{given.name}`", fixes.remove_item(given.node), safe=False)
    return None


def _meant(mapped: MappedClass, name: str) -> str | None:
    for attribute in mapped.columns():
        if attribute.column is not None and attribute.column.name == name and attribute.name != name:
            return attribute.name
    candidates = mapped.constructor.accepted or [item for item in mapped.attributes if not item.startswith("_")]
    return closest(name, candidates, 0.75)


def _message(mapped: MappedClass, name: str) -> str:
    constructor = mapped.constructor
    if constructor.kind == "sqlmodel":
        effect = f"`{mapped.name}` has no field `{name}`: SQLModel drops the value without a word"
    elif constructor.kind == "default":
        effect = (
            f"`{mapped.name}` has no attribute `{name}`: this call raises "
            f"TypeError: '{name}' is an invalid keyword argument for {mapped.name}"
        )
    else:
        effect = (
            f"`{mapped.name}.__init__` has no parameter `{name}`: this call raises "
            f"TypeError: __init__() got an unexpected keyword argument '{name}'"
        )
    for attribute in mapped.columns():
        if attribute.column is not None and attribute.column.name == name and attribute.name != name:
            return f"{effect}; `{name}` is the database's name of `{attribute.name}`"
    candidates = constructor.accepted or [item for item in mapped.attributes if not item.startswith("_")]
    near = closest(name, candidates, 0.75)
    return f"{effect}; did you mean `{near}`?" if near else effect
