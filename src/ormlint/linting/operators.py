"""Fixes of Python's operators on SQL expressions: the code of the condition that was meant."""

from __future__ import annotations

from ormlint.diagnostics import Fix
from ormlint.facts import expressions as e
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context

_TIGHT = (e.Name, e.Attribute, e.Call, e.Subscript)


def method(context: Context, test: subjects.PythonOperator, name: str) -> Fix | None:
    """Return the fix that writes `operand.name(other)`; None for a test with more to it than two sides."""
    if test.other is None or not isinstance(test.node, e.Compare) or len(test.node.rest) != 1:
        return None
    if test.operand is not test.node.left:
        return None
    code = f"{_tight(context, test.operand)}.{name}({context.source(test.other)})"
    return fixes.fix(f"Use `.{name}()`", fixes.replace(test.node, code), safe=_is_column(test))


def inverted(context: Context, test: subjects.PythonOperator) -> Fix | None:
    """Return the fix that writes `~operand`."""
    if not isinstance(test.node, e.Unary):
        return None
    code = f"~{_tight(context, test.node.operand)}"
    return fixes.fix("Use `~`", fixes.replace(test.node, code), safe=test.truth != "")


def joined(context: Context, test: subjects.PythonOperator) -> Fix | None:
    """Return the fix that writes `(left) & (right)`. It is safe where both sides are of one class's columns."""
    if not isinstance(test.node, e.BoolOp):
        return None
    sign = "&" if test.operator == "and" else "|"
    left, right = test.node.left, test.node.right
    code = f"{_tight(context, left)} {sign} {_tight(context, right)}"
    root = _root(test.operand)
    is_safe = root is not None and _root(left) == root == _root(right)
    return fixes.fix(f"Use `{sign}`", fixes.replace(test.node, code), safe=is_safe)


def unchained(context: Context, test: subjects.PythonOperator) -> Fix | None:
    """Return the fix that writes `column.between(…)`, which includes both ends, or the two comparisons joined."""
    node = test.node
    if not isinstance(node, e.Compare) or len(node.rest) != 2:
        return None
    (first, second), (low, middle, high) = node.rest, (node.left, node.rest[0].right, node.rest[1].right)
    if not isinstance(middle, (e.Name, e.Attribute)):
        return None  # it would be evaluated twice
    texts = [context.source(part) for part in (low, middle, high)]
    if first.op == second.op == "<=" and isinstance(middle, e.Attribute):
        code, title = f"{texts[1]}.between({texts[0]}, {texts[2]})", "Use `.between()`"
    elif {first.op, second.op} <= {"<", "<=", ">", ">=", "=="}:
        code = f"({texts[0]} {first.op} {texts[1]}) & ({texts[1]} {second.op} {texts[2]})"
        title = "Join two comparisons with `&`"
    else:
        return None
    return fixes.fix(title, fixes.replace(node, code), safe=False)


def _tight(context: Context, node: e.Expr) -> str:
    text = context.source(node)
    return text if isinstance(node, _TIGHT) else f"({text})"


def _is_column(test: subjects.PythonOperator) -> bool:
    """Tell whether the operand is an attribute of a class, and so certainly a column or a relationship."""
    return isinstance(test.operand, e.Attribute) and isinstance(test.operand.value, (e.Name, e.Attribute))


def _root(node: e.Expr) -> str | None:
    """Return the class that a comparison or attribute starts from: `Job` of `Job.id == 1`; None for other code."""
    if isinstance(node, e.Compare) and len(node.rest) == 1:
        return _root(node.left)
    return e.dotted_name(node.value) if isinstance(node, e.Attribute) else None
