"""Revisions replayed: what they make on an empty database, and what stays unknown."""

from __future__ import annotations

from ormlint.checker.analysis import Statistics, analyse
from ormlint.schema.replay.run import replay
from ormlint.schema.replay.simulated import SimSchema
from ormlint.schema.replay.values import Unknown
from ormlint.text import decode_source

_HEAD = "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n"


def run(*upgrades: str, dialect: str = "postgresql", **others: str) -> SimSchema:
    files = {f"app/{name}.py": text for name, text in others.items()}
    parent = None
    for number, body in enumerate(upgrades):
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        text = f"{_HEAD}revision = 'r{number}'\ndown_revision = {parent!r}\n\n\ndef upgrade():\n{lines}\n"
        files[f"m/versions/r{number}.py"] = text
        parent = f"r{number}"
    sources = {path: decode_source(text.encode()) for path, text in files.items()}
    index = analyse(sources, Statistics(), interpret=False).index
    (environment,) = index.environments()
    return replay(index, environment, dialect).schema


CREATE = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(9)))'


def test_directives_in_order() -> None:
    schema = run(
        CREATE,
        'with op.batch_alter_table("t") as batch:\n    batch.alter_column("a", new_column_name="b", nullable=False)',
        'op.rename_table("t", "u")\nop.add_column("u", sa.Column("c", sa.DateTime(timezone=True)))',
    )
    (table,) = schema.tables.values()
    assert (table.name, list(table.columns)) == ("u", ["id", "b", "c"])
    assert table.columns["b"].nullable is False
    assert repr(table.columns["b"].type) == "String(length=9)"
    assert [step.revision for step in table.columns["b"].steps] == ["r0", "r1"]


def test_ddl_in_strings() -> None:
    schema = run(
        f"{CREATE}\nname = 't'\nop.execute(f'ALTER TABLE {{name}} ADD COLUMN IF NOT EXISTS \"B\" VARCHAR(20) NOT NULL,\\n DROP COLUMN a')",
        "op.execute(\"\"\"DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad', 'ok'); EXCEPTION WHEN duplicate_object THEN NULL; "
        'END $$;""")\nop.execute("ALTER TYPE mood ADD VALUE \'glad\' AFTER \'sad\'")\n'
        'op.execute("ALTER TABLE t ADD COLUMN m mood, ADD COLUMN n TIMESTAMP WITH TIME ZONE, ADD COLUMN o integer[]")',
    )
    table = schema.tables["t"]
    assert list(table.columns) == ["id", "B", "m", "n", "o"]
    assert table.columns["B"].nullable is False
    assert schema.enums["mood"].labels == ["sad", "glad", "ok"]
    assert table.columns["m"].enum == "mood"
    assert table.columns["n"].type.timezone is True
    assert type(table.columns["o"].type).__name__ == "ARRAY"


def test_the_simulated_inspector_and_dialect_decide() -> None:
    body = (
        "bind = op.get_bind()\n"
        'if "a" in {column["name"] for column in sa.inspect(bind).get_columns("t")}:\n    op.drop_column("t", "a")\n'
        'if bind.dialect.name == "sqlite":\n    op.add_column("t", sa.Column("lite", sa.Text))\n'
        'if not sa.inspect(bind).has_table("u"):\n    op.create_table("u", sa.Column("id", sa.Integer))'
    )
    assert list(run(CREATE, body).tables["t"].columns) == ["id"]
    assert list(run(CREATE, body, dialect="sqlite").tables["t"].columns) == ["id", "lite"]


def test_helpers_of_other_modules_and_generators() -> None:
    schema = run(
        f"from app.helpers import quiet, stamp\n{CREATE}\nwith quiet() as table:\n    stamp(table, nullable=False)",
        helpers=(
            "from contextlib import contextmanager\nimport sqlalchemy as sa\nfrom alembic import op\nNAMES = ('x', 'y')\n\n\n"
            "@contextmanager\ndef quiet():\n    yield 't'\n\n\n"
            "def stamp(table, **options):\n    for name in NAMES:\n        op.add_column(table, sa.Column(name, sa.Date, **options))\n"
        ),
    )
    assert [(column.name, column.nullable) for column in schema.tables["t"].columns.values()][2:] == [
        ("x", False),
        ("y", False),
    ]


def test_a_type_that_is_there_keeps_its_labels() -> None:
    schema = run(
        'op.create_table("t", sa.Column("s", sa.Enum("a", name="state")))',
        'kind = postgresql.ENUM("a", "b", name="state")\nkind.create(op.get_bind(), checkfirst=True)\n'
        'op.alter_column("t", "s", type_=kind)',
    )
    assert schema.enums["state"].labels == ["a"]


def test_what_cannot_be_followed_costs_its_own_table() -> None:
    schema = run(
        f'{CREATE}\nop.create_table("u", sa.Column("id", sa.Integer))',
        'op.add_column("t", made_elsewhere())\nif made_elsewhere():\n    op.drop_table("u")\n'
        'op.execute("ALTER TABLE t FROBNICATE x")\nop.add_column("t", sa.Column("z", Custom()))',
    )
    assert schema.tables["t"].open is not None
    assert isinstance(schema.tables["t"].columns["z"].type, Unknown)
    assert schema.tables["u"].open is None
    assert schema.tables["u"].maybe is not None
    assert schema.open is None


def test_tables_that_no_revision_creates() -> None:
    schema = run('op.add_column("old", sa.Column("x", sa.Integer))', "Base.metadata.create_all(op.get_bind())")
    assert schema.tables["old"].baseline
    assert list(schema.tables["old"].columns) == ["x"]


def test_operations_made_by_hand() -> None:
    schema = run(
        CREATE,
        "from alembic.operations import Operations, ops\nfrom alembic.runtime.migration import MigrationContext\n"
        "operations = Operations(MigrationContext.configure(op.get_bind()))\n"
        'operations.add_column("t", sa.Column("b", sa.Integer))\n'
        'op.invoke(ops.AddColumnOp("t", sa.Column("c", sa.Integer)))\n'
        'op.invoke(ops.CreateTableOp("u", [sa.Column("id", sa.Integer)]))\n'
        "async def grow(connection):\n    await connection.run_sync(lambda bind: None)\n"
        '    op.add_column("t", sa.Column("d", sa.Integer))\n'
        "op.run_async(grow)\n",
    )
    assert list(schema.tables["t"].columns) == ["id", "a", "b", "c", "d"]
    assert list(schema.tables["u"].columns) == ["id"]


def test_a_directive_that_is_not_known_costs_the_tables_it_names() -> None:
    schema = run(f'{CREATE}\nop.create_table("u", sa.Column("id", sa.Integer))', 'op.make_partitions("t", by="a")')
    assert schema.tables["t"].open == "`op.make_partitions` of revision r1 is not known"
    assert schema.tables["u"].open is None


def test_sql_that_is_computed_costs_the_table_it_names() -> None:
    schema = run(
        f'{CREATE}\nop.create_table("u", sa.Column("id", sa.Integer))',
        'op.execute(f"ALTER TABLE t ADD COLUMN {made_elsewhere()} TEXT")\n'
        'op.execute("UPDATE u SET id = " + made_elsewhere())',
    )
    assert "SQL that is computed in revision r1" in (schema.tables["t"].open or "")
    assert schema.tables["u"].open is None
    assert schema.open is None
    schema = run(CREATE, 'op.execute(f"DROP TABLE {made_elsewhere()}")')
    assert schema.open is not None


def test_catalogs_are_asked_as_the_inspector_is() -> None:
    asked = (
        'found = op.get_bind().execute(sa.text("SELECT data_type FROM information_schema.columns '
        "WHERE table_name = 't'\")).fetchone()\n"
    )
    schema = run(CREATE, f'{asked}if found and found[0] != "json":\n    op.alter_column("t", "a", type_=sa.JSON())')
    assert repr(schema.tables["t"].columns["a"].type) == "JSON()"


def test_naming_conventions() -> None:
    convention = 'sa.MetaData(naming_convention={"uq": "unique_%(table_name)s_%(column_0_name)s"})'
    bodies = {
        "class": f"class Base(DeclarativeBase):\n    metadata = {convention}\n\n\ntarget_metadata = Base.metadata",
        "factory": f"metadata = {convention}\nBase = declarative_base(metadata=metadata)\ntarget_metadata = [Base.metadata]",
        "set later": "class Base(DeclarativeBase):\n    pass\n\n\n"
        'Base.metadata.naming_convention = {"uq": "unique_%(table_name)s_%(column_0_name)s"}\n'
        "target_metadata = Base.metadata",
        "given": f"context.configure(target_metadata={convention})",
    }
    head = "import sqlalchemy as sa\nfrom alembic import context\nfrom sqlalchemy.orm import DeclarativeBase, declarative_base\n\n"
    for body in bodies.values():
        files = {
            "m/env.py": f"{head}{body}\n",
            "m/versions/a.py": f"{_HEAD}revision = 'a'\ndown_revision = None\n\n\ndef upgrade():\n"
            '    op.create_table("t", sa.Column("x", sa.Integer, unique=True))\n',
        }
        sources = {path: decode_source(text.encode()) for path, text in files.items()}
        index = analyse(sources, Statistics(), interpret=False).index
        (environment,) = index.environments()
        (item,) = replay(index, environment, "postgresql").schema.tables["t"].constraints
        assert item.name == "unique_t_x"


def test_the_metadata_of_a_flask_extension_names_constraints() -> None:
    files = {
        "app/db.py": "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n"
        'db = SQLAlchemy(metadata=MetaData(naming_convention={"uq": "u_%(column_0_name)s"}))\n',
        "m/env.py": 'from flask import current_app\ntarget_db = current_app.extensions["migrate"].db\n',
        "m/versions/a.py": f"{_HEAD}revision = 'a'\ndown_revision = None\n\n\ndef upgrade():\n"
        '    op.create_table("t", sa.Column("x", sa.Integer, unique=True))\n',
    }
    sources = {path: decode_source(text.encode()) for path, text in files.items()}
    index = analyse(sources, Statistics(), interpret=False).index
    (environment,) = index.environments()
    (item,) = replay(index, environment, "sqlite").schema.tables["t"].constraints
    assert item.name == "u_x"


def test_modules_imported_by_their_name() -> None:
    schema = run(
        f'{CREATE}\nop.create_table("u", sa.Column("id", sa.Integer))',
        'from importlib import import_module\nearlier = import_module("app.2020-01-01_models")\n'
        "for name in earlier.models:\n    op.add_column(name, sa.Column('b', sa.Integer))",
        **{"2020-01-01_models": 'models = {name: type(name, (), {}) for name in ("t", "u")}\n'},
    )
    assert [list(table.columns) for table in schema.tables.values()] == [["id", "a", "b"], ["id", "b"]]


def test_names_that_a_star_brings() -> None:
    schema = run(
        "from app import sql\nop.create_table('t', sa.Column('a', sql.Blob), sa.Column('b', sa.String(sql.SIZE)))",
        core="import sqlalchemy as sa\nSIZE = 7\n\n\nclass Blob(sa.TypeDecorator):\n    impl = sa.Text\n",
        sql="from app.core import *\n",
    )
    assert [repr(column.type) for column in schema.tables["t"].columns.values()] == ["Text()", "String(length=7)"]


def test_histories_that_nothing_links() -> None:
    text = "import sqlalchemy as sa\nfrom alembic import op\nrevision = {0!r}\ndown_revision = None\nbranch_labels = ({0!r},)\n"
    body = "\n\ndef upgrade():\n    op.create_table('t', sa.Column({!r}, sa.Integer))\n    op.create_table({!r})\n"
    sources = {
        f"m/versions/{name}.py": decode_source((text.format(name) + body.format(name, name)).encode())
        for name in ("old", "new")
    }
    index = analyse(sources, Statistics(), interpret=False).index
    (environment,) = index.environments()
    schema = replay(index, environment, "postgresql").schema
    assert "only one of them runs" in (schema.tables["t"].open or "")
    assert schema.tables["old"].open is schema.tables["new"].open is None
    alone = replay(index, environment, "postgresql", "new").schema
    assert list(alone.tables) == ["t", "new"]
    assert alone.tables["t"].open is None


def test_dataclasses_carry_what_they_are_given() -> None:
    schema = run(
        f"from app.keys import Grown, Pair\n{CREATE}\n"
        'for one in (Grown("t", ["x", "y"]), Grown(table="t", names=["z"], size=7)):\n    one.grow()\n'
        'op.add_column(Pair("t", "w").table, sa.Column(Pair("t", "w").name, sa.Integer))',
        keys="from dataclasses import dataclass, field\nfrom typing import NamedTuple\nimport sqlalchemy as sa\n"
        "from alembic import op\n\n\n@dataclass(frozen=True)\nclass Grown:\n    table: str\n"
        "    names: list[str] = field(default_factory=list)\n    size: int = 3\n\n    @property\n    def kind(self):\n"
        "        return sa.String(self.size)\n\n    def grow(self):\n        for name in self.names:\n"
        "            op.add_column(self.table, sa.Column(name, self.kind))\n\n\n"
        "class Pair(NamedTuple):\n    table: str\n    name: str\n",
    )
    columns = {name: str(column.type) for name, column in schema.tables["t"].columns.items()}
    assert columns == {
        "id": "INTEGER",
        "a": "VARCHAR(9)",
        "x": "VARCHAR(3)",
        "y": "VARCHAR(3)",
        "z": "VARCHAR(7)",
        "w": "INTEGER",
    }


def test_loops_over_rows_come_to_an_end() -> None:
    schema = run(
        CREATE,
        "session = db.Session(bind=op.get_bind())\n"
        "rows = elsewhere(session)\nleft = ['x']\n"
        "while True:\n    page = rows.fetchmany(10)\n    if not page:\n        break\n"
        "    for row in page:\n        for other in page:\n            session.add(row)\n"
        "while left:\n    op.add_column('t', sa.Column(left.pop(), sa.Integer))\n",
    )
    assert schema.open is None
    assert schema.tables["t"].open is None
    assert list(schema.tables["t"].columns) == ["id", "a", "x"]


HELPERS = """
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from plugins import load


def resolve(schema):
    if isinstance(schema, list):
        result = []
        for value in schema:
            result.append(resolve(value))
    elif isinstance(schema, dict):
        result = {}
        for key in schema:
            result[key] = resolve(schema[key])
    else:
        result = schema
    return result


LENGTH = resolve(load("LENGTH"))


class Name(TypeDecorator):
    impl = sa.String
"""


def test_a_function_that_calls_itself_about_what_is_not_known() -> None:
    """Each level of it doubles the worlds: it is given up before that takes minutes."""
    schema = run(f"from app.helpers import LENGTH, Name\n{CREATE}\nop.add_column('t', sa.Column('c', Name(LENGTH)))\n"
                 "op.add_column('t', sa.Column('d', Name(20)))", helpers=HELPERS)  # fmt: skip
    columns = schema.tables["t"].columns
    assert isinstance(columns["c"].type, Unknown), "a length that is not known is not none"
    assert repr(columns["d"].type) == "String(length=20)"
