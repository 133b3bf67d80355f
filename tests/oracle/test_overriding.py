"""Of random mixins, abstract classes and models the same columns come out as SQLAlchemy makes, of the same class."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.schema.metadata import build_tables
from ormlint.text import decode_source

HEAD = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, synonym

class Base(DeclarativeBase):
    pass
"""
# By kind, a statement that binds a name; the length of the type tells whose column it is.
STATEMENTS = {
    "column": "{name} = Column(String({size}))",
    "mapped": "{name}: Mapped[str] = mapped_column(String({size}))",
    "renamed": "{name} = mapped_column('db_{name}', String({size}))",
    "declared": "@declared_attr\n    def {name}(cls):\n        return mapped_column(String({size}))",
    "cascading": "@declared_attr.cascading\n    def {name}(cls):\n        return mapped_column(String({size}))",
    "none": "{name} = None",
    "plain": "{name} = {size}",
    "method": "def {name}(self):\n        return {size}",
    "property": "@property\n    def {name}(self):\n        return {size}",
}
members = st.dictionaries(st.sampled_from("abc"), st.sampled_from(sorted(STATEMENTS)), max_size=3)
classes = st.lists(
    st.tuples(
        st.sampled_from(["mixin", "abstract", "model"]), st.lists(st.integers(0, 5), max_size=2, unique=True), members
    ),
    min_size=1,
    max_size=6,
)


def source_of(chosen: list[tuple[str, list[int], dict[str, str]]]) -> str:
    """Return a module with the classes C0, C1 …, the last of them a model over at least the base."""
    lines = [HEAD]
    kinds: list[str] = []
    for number, (kind, parents, names) in enumerate(chosen):
        kind = "model" if number == len(chosen) - 1 else kind
        bases = [index for index in parents if index < number and (kind != "mixin" or kinds[index] == "mixin")]
        mapped = [index for index in bases if kinds[index] != "mixin"]
        shown = [f"C{index}" for index in bases]
        shown += ["Base"] if kind != "mixin" and not mapped else []
        body = {"abstract": ["__abstract__ = True"], "mixin": ["pass"]}.get(
            kind, [f"__tablename__ = 't{number}'", "id: Mapped[int] = mapped_column(primary_key=True)"]
        )
        if kind == "model" and any("model" in kinds[index] for index in range(number)):
            # Each model is concrete: a table of its own, whatever models it derives from.
            body.append("__mapper_args__ = {'concrete': True}")
        size = number * 10
        body += [STATEMENTS[how].format(name=name, size=size + ord(name) - 96) for name, how in sorted(names.items())]
        lines.append(f"class C{number}({', '.join(shown)}):\n    " + "\n    ".join(body))
        kinds.append(kind)
    return "\n\n".join(lines) + "\n"


def shape_of(table: Any) -> dict[str, object]:
    """Return the columns of a table with their lengths."""
    return {column.name: getattr(column.type, "length", None) for column in table.columns}


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(classes)
def test_columns(chosen: list[tuple[str, list[int], dict[str, str]]]) -> None:
    text = source_of(chosen)
    names: dict[str, Any] = {"__name__": "generated"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, "<generated>", "exec"), names)
            names["Base"].registry.configure()
    except (SQLAlchemyError, TypeError):
        return  # Python or SQLAlchemy refuses it
    index = analyse({"generated.py": decode_source(text.encode())}, Statistics(), interpret=False).index
    tables = build_tables(index)
    for mapper in names["Base"].registry.mappers:
        cls = mapper.class_
        (ours,) = index.called(cls.__name__)
        assert ours.open_reason is None
        columns = {key: prop.columns[0].name for key, prop in inspect(cls).column_attrs.items()}
        found = {item.name: item.column.name for item in ours.columns() if item.column is not None}
        assert found == columns, f"{cls.__name__}\n{text}"
        assert shape_of(tables[cls.__tablename__].table) == shape_of(cls.__table__), f"{cls.__name__}\n{text}"
