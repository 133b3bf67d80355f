"""What a test tells about names: `is None`, `isinstance`, truth, `not`, `and`, `or`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.semantic import types as t

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Environment, Evaluator


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
    name: str | None = None
    if isinstance(test, e.Name):
        name = test.id
        return _with(env, name, _truthy), dict(env)
    if isinstance(test, e.Walrus):
        return _with(env, test.name, _truthy), dict(env)
    if isinstance(test, e.Compare) and len(test.rest) == 1:
        return _comparison(test, env)
    if isinstance(test, e.Call):
        return _isinstance(evaluator, test, env)
    return env, dict(env)


def _comparison(test: e.Compare, env: Environment) -> tuple[Environment, Environment]:
    op, right = test.rest[0].op, test.rest[0].right
    left = test.left
    name = left.id if isinstance(left, e.Name) else left.name if isinstance(left, e.Walrus) else None
    if name is None or not (isinstance(right, e.Constant) and right.value is None):
        return env, dict(env)
    if op in ("is", "=="):
        return _with(env, name, _only_none), _with(env, name, t.without_none)
    if op in ("is not", "!="):
        return _with(env, name, t.without_none), _with(env, name, _only_none)
    return env, dict(env)


def _isinstance(evaluator: Evaluator, test: e.Call, env: Environment) -> tuple[Environment, Environment]:
    if not (isinstance(test.func, e.Name) and test.func.id == "isinstance" and len(test.args) == 2):
        return env, dict(env)
    subject, classes = test.args
    name = subject.id if isinstance(subject, e.Name) else subject.name if isinstance(subject, e.Walrus) else None
    if name is None or name not in env:
        return env, dict(env)
    elements = classes.elements if isinstance(classes, e.Display) else (classes,)
    wanted = [evaluator.model.annotations.read(element, evaluator.module) for element in elements]
    current = env[name]
    if isinstance(current, t.Union_):
        kept = [member for member in current.members if _may_be(evaluator, member, wanted)]
        if any(isinstance(member, t.Unknown) for member in kept):
            narrowed = t.join(wanted)
        else:
            narrowed = t.join(kept) if kept else t.join(wanted)
        rest = [member for member in current.members if member not in kept]
        other = t.join(rest) if rest else current
        return {**env, name: narrowed}, {**env, name: other}
    if isinstance(current, t.Instance) and any(_derives(evaluator, current, kind) for kind in wanted):
        return env, dict(env)
    return {**env, name: t.join(wanted)}, dict(env)


def _may_be(evaluator: Evaluator, member: t.Type, wanted: list[t.Type]) -> bool:
    if isinstance(member, t.Unknown):
        return True
    return any(member == kind or _derives(evaluator, member, kind) for kind in wanted)


def _derives(evaluator: Evaluator, member: t.Type, kind: t.Type) -> bool:
    if not isinstance(member, t.Instance) or not isinstance(kind, t.Instance):
        return False
    return kind.cls in evaluator.index.bases.mro(member.cls)


def _with(env: Environment, name: str, change: object) -> Environment:
    if name not in env:
        return dict(env)
    return {**env, name: change(env[name])}  # type: ignore[operator]


def _truthy(kind: t.Type) -> t.Type:
    return t.without_none(kind)


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
        if first is not None and all(kind is first or kind == first for kind in kinds):
            joined[name] = first
        else:
            joined[name] = t.join(kinds)
    return joined
