"""Rule unknown-relationship-target. Its documentation and tests: unknown_relationship_target.md."""

from __future__ import annotations

import re

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, External, Unknown
from ormlint.index.vocabulary import HARMLESS_BASES
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.linting.relationships import relationships
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM501",
    summary="A relationship leads to a class that its registry does not hold",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@rule.on(subjects.Model)
def unknown_target(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, relationship, call in relationships(context, subject):
        target = call.args[0] if call.args else call.keyword("argument")
        if relationship.target is not None or not isinstance(target, e.Str) or not _PATH.fullmatch(target.value):
            continue
        name = target.value.rpartition(".")[2]
        if _may_exist(context, mapped, name):
            continue
        known = [other for others in context.index.by_name.values() for other in others]
        table = next((other for other in known if other.table == target.value), None)
        related: list[Place] = []
        hint, meant = "", table.name if table is not None else None
        if table is not None:
            found = f"`{target.value!r}` is the name of a table, and the class of it is `{table.name}`"
            related.append(Place(table.symbol.module.path, table.symbol.facts.name_range, f"`{table.name}`"))
        else:
            found = f"no mapped class is called `{name}`"
            near = closest(name, sorted(context.index.by_name), 0.75)
            hint = f"; did you mean `{near}`?" if near else ""
            meant = nearest(name, sorted(context.index.by_name)) if name == target.value else None
        error = "ArgumentError" if table is not None else "InvalidRequestError"
        context.report_at(
            attribute.module,
            target.range,
            f"{found}: the first use of any model of this registry raises {error}{hint}",
            symbol=f"{mapped.name}.{attribute.name}",
            related=related,
            fix=fixes.fix(f"Use `{meant}`", fixes.respell(context, target, meant, attribute.module), safe=False)
            if meant
            else None,
        )


def _may_exist(context: Context, mapped: MappedClass, name: str) -> bool:
    """Tell whether the registry may hold a class of this name."""
    index = context.index
    if index.registry(mapped) is None or index.called(name):
        return True
    for module in index.modules.values():
        for symbol in module.classes:
            if symbol.name == name and any(_is_open(base) for base in index.bases.mro(symbol)[1:]):
                return True
    made = index.made_by_calls
    return name in made.classes or made.any_class


def _is_open(base: object) -> bool:
    if isinstance(base, External):
        return "." in base.name and base.name not in HARMLESS_BASES
    return isinstance(base, Unknown) or not isinstance(base, ClassSymbol)
