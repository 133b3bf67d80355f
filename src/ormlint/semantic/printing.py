"""How types are printed: what `reveal_type` shows."""

from __future__ import annotations

from ormlint.semantic import types as t


def show(kind: t.Type) -> str:
    """Return how `reveal_type` prints a type."""
    if isinstance(kind, t.Unknown):
        return f"Unknown({kind.reason})"
    if isinstance(kind, t.Never):
        return "Never"
    if isinstance(kind, t.NoneType):
        return "None"
    if isinstance(kind, t.Literal):
        return f"Literal[{kind.value!r}]"
    if isinstance(kind, t.Now):
        return "Now" if kind.aware is None else f"Now[{'aware' if kind.aware else 'naive'}]"
    if isinstance(kind, t.Moment):
        return f"Moment[{'aware' if kind.aware else 'naive'}]"
    if isinstance(kind, (t.Builtin, t.ExternalObject)):
        return kind.name.removeprefix("builtins.")
    if isinstance(kind, t.Instance):
        return f"{kind.cls.name}{_args(kind.args)}"
    if isinstance(kind, t.ClassType):
        return f"type[{kind.cls.name}{_args(kind.args)}]"
    if isinstance(kind, t.Factory):
        return f"Factory[{kind.model.name}]"
    if isinstance(kind, t.Aliased):
        return f"Aliased[{kind.cls.name}]"
    if isinstance(kind, t.EnumMember):
        return f"{kind.enum.name}.{kind.name}"
    if isinstance(kind, t.ModuleType):
        return f"Module[{kind.module.name}]"
    if isinstance(kind, (t.Loaded, t.Attr)):
        wrapper = "Loaded" if isinstance(kind, t.Loaded) else "Attr"
        return f"{wrapper}[{kind.mapped.name}.{kind.attribute.name}]"
    if isinstance(kind, t.SqlExpression):
        return "SQL"
    if isinstance(kind, t.Session):
        return "AsyncSession" if kind.is_async else "Session"
    if isinstance(kind, t.Connection):
        return "AsyncConnection" if kind.is_async else "Connection"
    if isinstance(kind, t.SessionFactory):
        return "SessionFactory"
    if isinstance(kind, t.Statement):
        return f"{kind.kind.capitalize()}{_entities(kind.entities)}"
    if isinstance(kind, t.Query):
        return f"Query{_entities(kind.entities)}"
    if isinstance(kind, t.Result):
        name = {"rows": "Result", "scalars": "ScalarResult", "mappings": "MappingResult"}[kind.mode]
        return f"{'Async' if kind.is_async else ''}{name}{_entities(kind.entities)}"
    if isinstance(kind, t.Row):
        return f"Row{_entities(kind.entities)}"
    if isinstance(kind, t.Sequence):
        return f"{kind.kind}[{show(kind.element)}]"
    if isinstance(kind, t.Repository):
        return f"{'Service' if kind.is_service else 'Repository'}[{show(kind.element)}]"
    if isinstance(kind, t.Pagination):
        return f"Pagination[{show(kind.element)}]"
    if isinstance(kind, t.TupleOf):
        return f"tuple[{', '.join(map(show, kind.elements))}]"
    if isinstance(kind, t.Dict):
        return f"dict[{show(kind.key)}, {show(kind.value)}]"
    if isinstance(kind, t.Coroutine):
        return f"Coroutine[{show(kind.result)}]"
    if isinstance(kind, t.Context):
        return f"ContextManager[{show(kind.entered)}]"
    if isinstance(kind, t.Function):
        return f"Function[{kind.symbol.name}]"
    if isinstance(kind, t.Method):
        return f"Method[{show(kind.receiver)}.{kind.name}]"
    if isinstance(kind, t.Super):
        return f"Super[{kind.cls.name}]"
    if isinstance(kind, t.TypeVar):
        return kind.name
    if isinstance(kind, t.TypeVarClass):
        return f"type[{kind.name}]"
    if isinstance(kind, t.Partial):
        return f"Callable[{show(kind.result)}]"
    return " | ".join(sorted(map(show, kind.members), key=lambda text: (text == "None", text)))


def _args(args: tuple[t.Type, ...]) -> str:
    return f"[{', '.join(map(show, args))}]" if args else ""


def _entities(entities: tuple[t.Type, ...] | None) -> str:
    return "[?]" if entities is None else f"[{', '.join(map(show, entities))}]"
