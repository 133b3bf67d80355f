"""What rules about tables share: the `__table_args__` of a class, its schema, and which MetaData it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.bases import DynamicBase
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, External, Module, Unknown
from ormlint.index.vocabulary import sqlmodel
from ormlint.index.vocabulary.sqlalchemy import DECLARATIVE_BASES
from ormlint.linting.context import Context

_DECLARATIVE = DECLARATIVE_BASES | {sqlmodel.BASE}


@dataclass(slots=True)
class TableArgs:
    """The nearest `__table_args__` of a class. `is_complete` is false when part of it is computed."""

    owner: ClassSymbol | None = None
    calls: list[e.Call] = field(default_factory=list)
    options: dict[str, e.Expr] = field(default_factory=dict)
    schema: str | None = None
    is_complete: bool = True

    @property
    def module(self) -> Module:
        """The module it stands in."""
        assert self.owner is not None
        return self.owner.module


def table_args(context: Context, mapped: MappedClass) -> TableArgs:
    """Read the `__table_args__` that a class has, own or inherited."""
    args = TableArgs()
    for base in mapped.mro:
        if not isinstance(base, ClassSymbol):
            args.is_complete = args.is_complete and not isinstance(base, Unknown)
            continue
        member = context.index.mapper.body(base).members.get("__table_args__")
        if member is None:
            continue
        args.owner = base
        value = member.value
        if member.function is not None:
            value, _ = context.index.mapper.members.returned(member.function)
        if isinstance(value, e.Display):
            elements: tuple[e.Expr, ...] = value.elements
        else:
            elements = (value,) if isinstance(value, e.DictDisplay) else ()
            args.is_complete = args.is_complete and (isinstance(value, e.DictDisplay) or _is_none(value))
        if member.conditional:
            args.is_complete = False
        for element in elements:
            _read(context, base, element, args)
        return args
    return args


def _read(context: Context, owner: ClassSymbol, element: e.Expr, args: TableArgs) -> None:
    if isinstance(element, e.Call):
        args.calls.append(element)
    elif isinstance(element, e.DictDisplay):
        for item in element.items:
            if not isinstance(item.key, e.Str):
                args.is_complete = False
                continue
            args.options[item.key.value] = item.value
            if item.key.value == "schema" and not _is_none(item.value):
                args.schema = context.index.constants.string(item.value, owner.module, owner)
                args.is_complete = args.is_complete and args.schema is not None
    else:
        args.is_complete = False


def _is_none(expr: e.Expr | None) -> bool:
    return isinstance(expr, e.Constant) and expr.value is None


def has_own(context: Context, mapped: MappedClass, *names: str) -> bool:
    """Tell whether a class or a base of the project sets one of these names in its body."""
    return any(
        name in context.index.mapper.body(base).members
        for base in mapped.mro
        if isinstance(base, ClassSymbol)
        for name in names
    )


def mapped_parent(context: Context, mapped: MappedClass) -> MappedClass | None:
    """Return the nearest mapped class it derives from."""
    for base in mapped.mro[1:]:
        found = context.index.mapped_of(base) if isinstance(base, ClassSymbol) else None
        if found is not None:
            return found
    return None


def is_in_parents_table(context: Context, mapped: MappedClass) -> bool:
    """Tell whether a class is mapped to the table of the class it derives from: single-table inheritance."""
    parent = mapped_parent(context, mapped)
    return parent is not None and parent.table == mapped.table


def metadata_key(context: Context, mapped: MappedClass) -> object | None:
    """Return what stands for the MetaData of a class: its declarative base. None where it may be another one."""
    for base in mapped.mro:
        if isinstance(base, Unknown):
            return None
        if isinstance(base, DynamicBase):
            return base if base.kind != "automap" else None
        if isinstance(base, External) and base.name == sqlmodel.BASE:
            return base.name
        if not isinstance(base, ClassSymbol):
            continue
        is_root = any(
            isinstance(found := context.index.bases.base(base.module, expr), External) and found.name in _DECLARATIVE
            for expr in base.facts.bases
        )
        if is_root and base is not mapped.symbol and context.index.mapped_of(base) is None:
            return base.key
        members = context.index.mapper.body(base).members
        if any(name in members for name in ("metadata", "registry", "__bind_key__")):
            return None
    return None


def loaded_together(context: Context, first: MappedClass, second: MappedClass) -> bool:
    """Tell whether some module surely loads the modules of both classes: copies of a program are no duplicates."""
    wanted = {first.symbol.module.path, second.symbol.module.path}
    if len(wanted) == 1:
        return True
    for module in context.index.modules.values():
        if module.is_installed or any(word in module.path for word in ("migration", "alembic", "test")):
            continue
        loaded = {module.path}
        for name, bindings in module.scope.items():
            if any(isinstance(binding.target, s.ImportBinding) for binding in bindings):
                found = context.index.resolver.name(module, name)
                if isinstance(found, ClassSymbol):
                    loaded.add(found.module.path)
        if wanted <= loaded:
            return True
    return False
