"""Rule annotation-type-mismatch. Its documentation and tests: annotation_type_mismatch.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.symbols import External
from ormlint.index.vocabulary.sqlalchemy import COLUMN, PREFIX
from ormlint.linting import subjects
from ormlint.linting.columns import declared_columns, is_column_call, mapped_annotation, plain_type
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM407",
    summary="A column's annotation and its type give different Python values",
    since="0.1.0",
    severity=Severity.WARNING,
)

_NAMES = {
    "int": "Integer SmallInteger BigInteger INTEGER SMALLINT BIGINT",
    "str": "String Unicode Text UnicodeText VARCHAR NVARCHAR CHAR NCHAR TEXT CITEXT",
    "bool": "Boolean BOOLEAN",
    "float": "Float Double REAL DOUBLE DOUBLE_PRECISION FLOAT",
    "Decimal": "Numeric NUMERIC DECIMAL",
    "datetime": "DateTime DATETIME TIMESTAMP",
    "date": "Date DATE",
    "time": "Time TIME",
    "timedelta": "Interval INTERVAL",
    "bytes": "LargeBinary BLOB BYTEA BINARY VARBINARY",
}
# What a loaded value is, by SQLAlchemy type.
_LOADED = {f"{PREFIX}{name}": python for python, names in _NAMES.items() for name in names.split()}
# Annotations that a loaded value satisfies though they name another type.
_FITS = {("bool", "int"), ("int", "float"), ("datetime", "date"), ("int", "complex"), ("float", "complex")}
_PYTHON = {
    f"{module}.{name}": name
    for module, names in {
        "builtins": "int str bool float bytes dict list set tuple",
        "datetime": "datetime date time timedelta",
        "decimal": "Decimal",
        "uuid": "UUID",
    }.items()
    for name in names.split()
}


@rule.on(subjects.Model)
def mismatch(context: Context, subject: subjects.Model) -> None:
    if subject.mapped.style == "sqlmodel":
        return
    for attribute, column, owner in declared_columns(subject.mapped):
        if column.type_expr is None or column.unread:
            continue
        if is_column_call(context, attribute, COLUMN):
            continue  # ORM409's
        annotation = mapped_annotation(context, attribute)
        found = plain_type(context, attribute, annotation) if annotation is not None else None
        if found is None or not isinstance(found[1], External):
            continue
        wanted, loaded = _PYTHON.get(found[1].name), _loaded(column)
        if wanted is None or loaded is None or wanted == loaded or (loaded, wanted) in _FITS:
            continue
        shown = (column.type or "").rpartition(".")[2]
        context.report_at(
            attribute.module,
            attribute.range,
            f"`{owner}.{attribute.name}` is annotated as `{wanted}`, and its type `{shown}` loads `{loaded}`: "
            "SQLAlchemy follows the type, so code that trusts the annotation is given another kind of value",
            symbol=f"{owner}.{attribute.name}",
        )


def _loaded(column: Column) -> str | None:
    """Return the Python type that a column loads; None where an argument or another wrapper may change it."""
    expr = column.type_expr
    if isinstance(expr, e.Call):
        if isinstance(expr.func, e.Attribute) and expr.func.attr in ("with_variant", "evaluates_none", "as_mutable"):
            return None
        if any(keyword.name in ("", "asdecimal", "native") for keyword in expr.keywords):
            return None
    return _LOADED.get(column.type or "")
