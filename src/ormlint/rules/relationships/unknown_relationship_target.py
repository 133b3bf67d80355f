"""Rule unknown-relationship-target. Its documentation and tests: unknown_relationship_target.md."""

from __future__ import annotations

import builtins
import re

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.model import MappedClass, ModelAttribute, Relationship
from ormlint.index.symbols import ClassSymbol, External, Unknown
from ormlint.index.vocabulary import HARMLESS_BASES
from ormlint.linting import fixes, subjects
from ormlint.linting.columns import mapped_annotation
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
        if target is None:
            target = _annotated(context, mapped, attribute, relationship)
        written = target.id if isinstance(target, e.Name) else target.value if isinstance(target, e.Str) else ""
        if relationship.target is not None or target is None or not _PATH.fullmatch(written):
            continue
        if isinstance(target, e.Name) and (call.args or call.keyword("argument") is not None):
            continue
        name = written.rpartition(".")[2]
        if _may_exist(context, mapped, name):
            continue
        known = [other for others in context.index.by_name.values() for other in others]
        table = next((other for other in known if other.table == written), None)
        related: list[Place] = []
        hint, meant = "", table.name if table is not None else None
        if table is not None:
            found = f"`{written!r}` is the name of a table, and the class of it is `{table.name}`"
            related.append(Place(table.symbol.module.path, table.symbol.facts.name_range, f"`{table.name}`"))
        else:
            found = f"no mapped class is called `{name}`"
            near = closest(name, sorted(context.index.by_name), 0.75)
            hint = f"; did you mean `{near}`?" if near else ""
            meant = nearest(name, sorted(context.index.by_name)) if name == written else None
        error = "ArgumentError" if table is not None else "InvalidRequestError"
        context.report_at(
            attribute.module,
            target.range,
            f"{found}: the first use of any model of this registry raises {error}{hint}",
            symbol=f"{mapped.name}.{attribute.name}",
            related=related,
            fix=fixes.fix(f"Use `{meant}`", fixes.respell(context, target, meant, attribute.module), safe=False)
            if meant and isinstance(target, e.Str)
            else None,
        )


def _annotated(
    context: Context, mapped: MappedClass, attribute: ModelAttribute, relationship: Relationship
) -> e.Name | None:
    """Return the name in `Mapped[list["Post"]]` that nothing in its file is called: the registry is asked for it."""
    annotation = attribute.annotation
    if attribute.function is not None or annotation is None or not relationship.target_name.isidentifier():
        return None
    if mapped.style != "sqlmodel" and mapped_annotation(context, attribute) is None:
        return None
    module = attribute.module
    if module.has(relationship.target_name) or module.stars:
        return None
    names = [
        node for node in walk_nodes(annotation) if isinstance(node, e.Name) and node.id == relationship.target_name
    ]
    return names[-1] if names and not hasattr(builtins, relationship.target_name) else None


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
