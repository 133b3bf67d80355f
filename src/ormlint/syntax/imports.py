"""Import statements to bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts.statements import ImportBinding
from ormlint.syntax.expressions import ExpressionLowering

if TYPE_CHECKING:
    from tree_sitter import Node


def plain_bindings(e: ExpressionLowering, node: Node) -> tuple[ImportBinding, ...]:
    """Return the bindings of `import a.b, c as d`."""
    bindings: list[ImportBinding] = []
    for child in node.children_by_field_name("name"):
        place = e.place(child)
        if child.type == "aliased_import":
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if name is not None and alias is not None:
                bindings.append(ImportBinding(*place, e.text(alias), _dotted(e, name), "", 0))
            continue
        dotted = _dotted(e, child)
        top = dotted.partition(".")[0]
        bindings.append(ImportBinding(*place, top, top, "", 0))
        if top != dotted:  # the submodule is loaded too, and becomes an attribute of the first
            bindings.append(ImportBinding(*place, "", dotted, "", 0))
    return tuple(bindings)


def from_bindings(e: ExpressionLowering, node: Node) -> tuple[ImportBinding, ...]:
    """Return the bindings of `from ..a import b, c as d` and of the star import."""
    source = node.child_by_field_name("module_name")
    module, level = "", 0
    if source is not None:
        text = _dotted(e, source)
        module = text.lstrip(".")
        level = len(text) - len(module)
    bindings: list[ImportBinding] = []
    for child in node.children_by_field_name("name"):
        place = e.place(child)
        if child.type == "aliased_import":
            name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
            if name is not None and alias is not None:
                bindings.append(ImportBinding(*place, e.text(alias), module, _dotted(e, name), level))
        else:
            member = _dotted(e, child)
            bindings.append(ImportBinding(*place, member, module, member, level))
    if any(child.type == "wildcard_import" for child in node.named_children):
        bindings.append(ImportBinding(*e.place(node), "*", module, "*", level))
    return tuple(bindings)


def _dotted(e: ExpressionLowering, node: Node) -> str:
    return "".join(e.text(node).split())
