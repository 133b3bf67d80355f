"""What a test tells about names: `is None`, `isinstance`, truth, `not`, `and`, `or`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.semantic import types as t

if TYPE_CHECKING:
    from collections.abc import Callable

    from ormlint.semantic.evaluation import Environment, Evaluator

    Change = Callable[[t.Type], t.Type]


def narrow(evaluator: Evaluator, test: e.Expr, env: Environment) -> tuple[Environment, Environment]:
    """Return the environments where `test` holds and where it does not. `env` may be reused."""
    if isinstance(test, e.Unary) and test.op == "not":
        positive, negative = narrow(evaluator, test.operand, env)
        return negative, positive
    if isinstance(test, e.BoolOp):
        first_true, first_false = narrow(evaluator, test.left, env)
        if test.op == "and":
            both, _ = narrow(evaluator, test.right, dict(first_true))
            return both, dict(env)
        _, neither = narrow(evaluator, test.right, dict(first_false))
        return dict(env), neither
    if isinstance(test, (e.Name, e.Walrus, e.Attribute)):
        return _changed(evaluator, test, env, t.without_none, lambda kind: kind)
    if isinstance(test, e.Compare) and len(test.rest) == 1:
        return _comparison(evaluator, test, env)
    if isinstance(test, e.Call):
        return _isinstance(evaluator, test, env)
    return env, dict(env)


def _changed(
    evaluator: Evaluator, subject: e.Expr, env: Environment, positive: Change, negative: Change
) -> tuple[Environment, Environment]:
    """Return two environments where the type of a name, or of an attribute of one, is changed."""
    place = _place(subject)
    if place is None:
        return env, dict(env)
    current = env.get(place)
    if current is None:
        if "." not in place or place.partition(".")[0] not in env:
            return env, dict(env)
        current = evaluator.quiet(subject)
    first, second = positive(current), negative(current)
    if "." in place and (first != current or second != current):
        evaluator.has_paths = True
    return (
        env if first == current else {**env, place: first},
        dict(env) if second == current else {**env, place: second},
    )


def _place(expr: e.Expr) -> str | None:
    if isinstance(expr, e.Walrus):
        return expr.name
    return e.dotted_name(expr) if isinstance(expr, (e.Name, e.Attribute)) else None


def _comparison(evaluator: Evaluator, test: e.Compare, env: Environment) -> tuple[Environment, Environment]:
    op, right = test.rest[0].op, test.rest[0].right
    if not (isinstance(right, e.Constant) and right.value is None):
        return env, dict(env)
    if op in ("is", "=="):
        return _changed(evaluator, test.left, env, _only_none, t.without_none)
    if op in ("is not", "!="):
        return _changed(evaluator, test.left, env, t.without_none, _only_none)
    return env, dict(env)


def _isinstance(evaluator: Evaluator, test: e.Call, env: Environment) -> tuple[Environment, Environment]:
    if not (isinstance(test.func, e.Name) and test.func.id == "isinstance" and len(test.args) == 2):
        return env, dict(env)
    subject, classes = test.args
    elements = classes.elements if isinstance(classes, e.Display) else (classes,)
    wanted = [evaluator.model.annotations.read(element, evaluator.module) for element in elements]
    return _changed(
        evaluator,
        subject,
        env,
        lambda kind: narrow_class(evaluator, kind, wanted)[0],
        lambda kind: narrow_class(evaluator, kind, wanted)[1],
    )


def narrow_class(evaluator: Evaluator, current: t.Type, wanted: list[t.Type]) -> tuple[t.Type, t.Type]:
    """Return what a value is when it is an instance of one of `wanted`, and what it is when not."""
    if isinstance(current, t.Never):
        return current, current
    if isinstance(current, t.Union_):
        kept = [member for member in current.members if _may_be(evaluator, member, wanted)]
        if any(isinstance(member, t.Unknown) for member in kept):
            narrowed = t.join(wanted)
        else:
            narrowed = t.join(kept) if kept else t.join(wanted)
        rest = [member for member in current.members if member not in kept]
        return narrowed, t.join(rest) if rest else current
    if isinstance(current, t.Instance) and any(_derives(evaluator, current, kind) for kind in wanted):
        return current, current
    return t.join(wanted), current


def _may_be(evaluator: Evaluator, member: t.Type, wanted: list[t.Type]) -> bool:
    if isinstance(member, t.Unknown):
        return True
    return any(member == kind or _derives(evaluator, member, kind) for kind in wanted)


def _derives(evaluator: Evaluator, member: t.Type, kind: t.Type) -> bool:
    if not isinstance(member, t.Instance) or not isinstance(kind, t.Instance):
        return False
    return kind.cls in evaluator.index.bases.mro(member.cls)


def _only_none(kind: t.Type) -> t.Type:
    if isinstance(kind, t.Union_) and t.NONE in kind.members:
        return t.NONE
    return kind


def join_environments(environments: list[Environment]) -> Environment:
    """Return the environment after several branches meet; a name bound in one only may be unbound."""
    if len(environments) == 1:
        return environments[0]
    names: dict[str, None] = {}
    for env in environments:
        names.update(dict.fromkeys(env))
    joined: Environment = {}
    for name in names:
        first = environments[0].get(name)
        kinds = [env[name] for env in environments if name in env]
        if "." in name and len(kinds) < len(environments):
            continue  # told of an attribute in some branches only
        if first is not None and all(kind is first or kind == first for kind in kinds):
            joined[name] = first
        else:
            joined[name] = t.join(kinds)
    return joined
