"""What a method's body says of its class: attributes it sets, keywords its `__init__` hands on."""

from __future__ import annotations

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements


def self_stores(first: str, body: tuple[s.Stmt, ...]) -> tuple[str, ...]:
    """Return the attributes a body assigns on its first parameter, in order, each once."""
    found: dict[str, None] = {}
    for statement in walk_statements(body):
        targets: list[e.Expr] = []
        if isinstance(statement, s.Assign):
            targets.extend(statement.targets)
        elif isinstance(statement, (s.AugAssign, s.For)):
            targets.append(statement.target)
        elif isinstance(statement, s.With):
            targets.extend(item.target for item in statement.items if item.target is not None)
        while targets:
            target = targets.pop(0)
            if isinstance(target, e.Display):
                targets.extend(target.elements)
            elif isinstance(target, e.Attribute) and isinstance(target.value, e.Name) and target.value.id == first:
                found[target.attr] = None
    return tuple(found)


def forwarded_keywords(params: tuple[e.Param, ...], body: tuple[s.Stmt, ...]) -> tuple[str, ...] | None:
    """Return the names an `__init__` takes out of its `**` parameter before handing it to the next one.

    None when there is no such parameter, when it is not handed on, or when it is used in any other way.
    """
    rest = next((param.name for param in params if param.kind == "**"), None)
    if rest is None:
        return None
    taken: list[str] = []
    handed_on = False
    used = 0
    accounted = 0
    for node in walk_nodes(body):
        if isinstance(node, e.Name) and node.id == rest:
            used += 1
        if not isinstance(node, e.Call):
            continue
        func = node.func
        if isinstance(func, e.Attribute) and func.attr == "__init__":
            for keyword in node.keywords:
                if not keyword.name and isinstance(keyword.value, e.Name) and keyword.value.id == rest:
                    handed_on = True
                    accounted += 1
        elif isinstance(func, e.Attribute) and isinstance(func.value, e.Name) and func.value.id == rest:
            key = node.args[0] if node.args else None
            if func.attr in ("pop", "get", "setdefault") and isinstance(key, e.Str):
                accounted += 1
                if func.attr == "pop":
                    taken.append(key.value)
    # `"name" in kwargs` and `kwargs["name"] = …` do not widen what is accepted.
    for node in walk_nodes(body):
        if isinstance(node, e.Compare) and len(node.rest) == 1 and node.rest[0].op in ("in", "not in"):
            right = node.rest[0].right
            if isinstance(right, e.Name) and right.id == rest:
                accounted += 1
        elif (
            isinstance(node, e.Subscript)
            and isinstance(node.value, e.Name)
            and node.value.id == rest
            and isinstance(node.index, e.Str)
        ):
            accounted += 1
    return tuple(taken) if handed_on and used == accounted else None
