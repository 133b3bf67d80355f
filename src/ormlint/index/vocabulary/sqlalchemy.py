"""SQLAlchemy's names, canonical: what a name of `sqlalchemy`, of its submodules or of `alembic.op` means to ormlint."""

from __future__ import annotations

PACKAGE = "sqlalchemy"
PREFIX = f"{PACKAGE}."

# -- declaring

BASE_WITHOUT_METACLASS = "sqlalchemy.DeclarativeBaseNoMeta"
DECLARATIVE_BASES = frozenset({"sqlalchemy.DeclarativeBase", BASE_WITHOUT_METACLASS})
ABSTRACT_CONCRETE_BASE = "sqlalchemy.AbstractConcreteBase"
CONCRETE_BASES = frozenset({"sqlalchemy.ConcreteBase", ABSTRACT_CONCRETE_BASE})
BASE_FACTORIES = frozenset({"sqlalchemy.declarative_base", "sqlalchemy.automap_base"})
REGISTRY = "sqlalchemy.registry"
DATACLASS_BASES = frozenset({"sqlalchemy.MappedAsDataclass"})
DECLARATIVE_META = "sqlalchemy.DeclarativeMeta"
METACLASSES = frozenset({DECLARATIVE_META, "sqlalchemy.DeclarativeAttributeIntercept"})
COLUMN = "sqlalchemy.Column"
MAPPED_COLUMN = "sqlalchemy.mapped_column"
COLUMN_CALLS = frozenset({COLUMN, MAPPED_COLUMN})
DEFERRED = "sqlalchemy.deferred"
DYNAMIC_LOADER = "sqlalchemy.dynamic_loader"
RELATIONSHIP_CALLS = frozenset({"sqlalchemy.relationship", "sqlalchemy.relation", DYNAMIC_LOADER})
UNMAPPED = frozenset({"sqlalchemy.Unmapped", "sqlalchemy.unmapped_column"})  # of a table, not of a class
MAPPED = frozenset({"sqlalchemy.Mapped", "sqlalchemy.MappedColumn"})
MAPPED_COLLECTIONS = frozenset({"sqlalchemy.DynamicMapped", "sqlalchemy.WriteOnlyMapped"})
COLUMN_PROPERTY = "sqlalchemy.column_property"
COMPOSITE = "sqlalchemy.composite"
PROPERTY_CALLS = {
    "sqlalchemy.synonym": "synonym",
    COLUMN_PROPERTY: "column_property",
    "sqlalchemy.query_expression": "column_property",
    COMPOSITE: "composite",
    "sqlalchemy.association_proxy": "association_proxy",
}
HYBRIDS = frozenset({"sqlalchemy.hybrid_property"})
DECLARED_ATTRS = frozenset({"sqlalchemy.declared_attr", "sqlalchemy.declarative_props"})
HAS_INHERITED_TABLE = "sqlalchemy.has_inherited_table"
# Decorators of listeners, which leave what they decorate as it is.
LISTENERS = frozenset({"sqlalchemy.listens_for", "sqlalchemy.event.listens_for"})
# Bases that add no names a model could be asked for.
HARMLESS_BASES = DECLARATIVE_BASES | CONCRETE_BASES | DATACLASS_BASES
MIXINS: dict[str, frozenset[str]] = {"sqlalchemy.AsyncAttrs": frozenset({"awaitable_attrs"})}
# Attributes every class has from `object`, its metaclass or SQLAlchemy's base.
BASE_ATTRIBUTES = frozenset(
    {
        "metadata",
        "registry",
        "__table__",
        "__tablename__",
        "__mapper__",
        "__table_args__",
        "__mapper_args__",
        "_sa_registry",
        "_sa_class_manager",
        "_sa_instance_state",
    }
)

# -- tables

TABLE = "sqlalchemy.Table"
INDEX = "sqlalchemy.Index"
UNIQUE_CONSTRAINT = "sqlalchemy.UniqueConstraint"
PRIMARY_KEY_CONSTRAINT = "sqlalchemy.PrimaryKeyConstraint"
FOREIGN_KEY = "sqlalchemy.ForeignKey"
FOREIGN_KEY_CONSTRAINT = "sqlalchemy.ForeignKeyConstraint"

# -- types

ENUM = "sqlalchemy.Enum"
ENUM_TYPES = frozenset({ENUM, "sqlalchemy.ENUM"})
DATETIME = "sqlalchemy.DateTime"
# Types whose values carry date and time. The first positional argument of those in ZONED is `timezone`.
ZONED = frozenset({DATETIME, "sqlalchemy.TIMESTAMP"})
DATETIMES = ZONED | {"sqlalchemy.DATETIME"}
STRINGS = frozenset(
    f"sqlalchemy.{name}"
    for name in ("String", "Unicode", "VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "Text", "UnicodeText", "TEXT")
)
BOOLEANS = frozenset({"sqlalchemy.Boolean", "sqlalchemy.BOOLEAN"})
SMALL_INTEGERS = frozenset({"sqlalchemy.SmallInteger", "sqlalchemy.SMALLINT"})
INTEGERS = frozenset({"sqlalchemy.Integer", "sqlalchemy.INTEGER"})
BIG_INTEGERS = frozenset({"sqlalchemy.BigInteger", "sqlalchemy.BIGINT"})
UUIDS = frozenset({"sqlalchemy.Uuid", "sqlalchemy.UUID"})
# What `Mapped[T]` without a type becomes.
TYPES_OF_PYTHON = {
    "builtins.int": "sqlalchemy.Integer",
    "builtins.str": "sqlalchemy.String",
    "builtins.bool": "sqlalchemy.Boolean",
    "builtins.float": "sqlalchemy.Float",
    "builtins.bytes": "sqlalchemy.LargeBinary",
    "datetime.datetime": DATETIME,
    "datetime.date": "sqlalchemy.Date",
    "datetime.time": "sqlalchemy.Time",
    "datetime.timedelta": "sqlalchemy.Interval",
    "decimal.Decimal": "sqlalchemy.Numeric",
    "uuid.UUID": "sqlalchemy.Uuid",
}

# -- engines and sessions

ENGINE = "sqlalchemy.Engine"
ASYNC_ENGINE = "sqlalchemy.AsyncEngine"
CREATE_ENGINE = {"sqlalchemy.create_engine": ENGINE, "sqlalchemy.create_async_engine": ASYNC_ENGINE}
# Engines and connections, and whether they are asynchronous.
ENGINES = {ENGINE: False, ASYNC_ENGINE: True}
CONNECTIONS = {"sqlalchemy.Connection": False, "sqlalchemy.AsyncConnection": True}
SESSION_CLASSES = {"sqlalchemy.Session": False, "sqlalchemy.AsyncSession": True}
SCOPED_SESSIONS = {"sqlalchemy.scoped_session": False, "sqlalchemy.async_scoped_session": True}
SESSION_FACTORIES = {"sqlalchemy.sessionmaker": False, "sqlalchemy.async_sessionmaker": True}
OBJECT_SESSION = "sqlalchemy.object_session"

# -- statements and expressions

STATEMENTS = frozenset({"sqlalchemy.select", "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"})
FUNC = "sqlalchemy.func"
FUNCTIONS = f"{FUNC}."  # what a name of `func.…` begins with
TEXT = "sqlalchemy.text"
# Calls whose first argument is SQL text.
TEXT_CALLS = frozenset({TEXT, "alembic.op.execute"})
# Expressions that are neither a Python value nor a text, as defaults of a server.
SERVER_DEFAULTS = frozenset({"sqlalchemy.FetchedValue", "sqlalchemy.true", "sqlalchemy.false", TEXT})
ALIASED = "sqlalchemy.aliased"
WITH_POLYMORPHIC = "sqlalchemy.with_polymorphic"
ALIASES = frozenset({ALIASED, WITH_POLYMORPHIC})
# Functions over conditions: a Python operator inside is a mistake.
CONDITION_CALLS = frozenset({"sqlalchemy.and_", "sqlalchemy.or_", "sqlalchemy.not_", "sqlalchemy.case"})
EXPRESSION_CALLS = CONDITION_CALLS | {
    "sqlalchemy.literal",
    "sqlalchemy.exists",
    "sqlalchemy.cast",
    "sqlalchemy.desc",
    "sqlalchemy.asc",
}
SUBQUERY = "sqlalchemy.Subquery"
# Methods of a query or statement that give what stands for several columns in another one.
SELECTABLES = {"subquery": SUBQUERY, "alias": SUBQUERY, "lateral": "sqlalchemy.Lateral", "cte": "sqlalchemy.CTE"}
