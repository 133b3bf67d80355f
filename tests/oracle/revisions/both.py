"""Revisions for any database: each is run for real and replayed, and both have to make the same tables."""

HELPERS = """
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

STAMPS = ("created_at", "updated_at")


def stamps(nullable=False):
    return [sa.Column(name, sa.DateTime(), server_default=sa.func.now(), nullable=nullable) for name in STAMPS]


def has_column(table, column):
    return any(item["name"] == column for item in sa.inspect(op.get_bind()).get_columns(table))


@contextmanager
def quietly(table):
    op.execute("SELECT 1")
    try:
        with op.batch_alter_table(table) as batch:
            yield batch
    finally:
        op.execute("SELECT 2")
"""

REVISIONS = {
    "columns": """
op.create_table(
    "c_columns",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("slug", sa.String(length=40), index=True),
    sa.Column("email", sa.String(80), unique=True, index=True),
    sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("price", sa.Numeric(10, 2), server_default=sa.text("1.5")),
    sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP")),
    sa.Column("used", sa.DateTime(), server_default=sa.func.now()),
    sa.Column("on", sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column("off", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("data", sa.JSON()),
    sa.Column("blob", sa.LargeBinary()),
    sa.Column("day", sa.Date()),
    sa.Column("note", sa.Text(), server_default=""),
    sa.Column("quoted", sa.Text(), server_default="it's"),
    sa.Column("kind", sa.Enum("a", "b", name="c_kind"), nullable=False),
    sa.Column("loose", sa.Enum("a", "bb", name="c_loose", native_enum=False)),
    sa.PrimaryKeyConstraint("id", name="c_columns_key"),
)
""",
    "keys": """
op.create_table("c_owner", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), unique=True))
op.create_table(
    "c_keys",
    sa.Column("left", sa.Integer(), sa.ForeignKey("c_owner.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("right", sa.Integer(), primary_key=True),
    sa.Column("other", sa.Integer()),
    sa.Column("third", sa.Integer()),
    sa.ForeignKeyConstraint(["right"], ["c_owner.id"], name="c_right"),
    sa.ForeignKeyConstraint(["other"], ["c_owner.a"]),
    sa.UniqueConstraint("other", "third"),
    sa.UniqueConstraint("third", name="c_third"),
    sa.CheckConstraint("third > 0", name="c_positive"),
)
op.create_index("c_keys_index", "c_keys", ["third", "other"], unique=True)
op.create_index("c_keys_expression", "c_keys", [sa.text("third DESC"), "other"])
op.create_index("c_keys_ordered", "c_keys", ["other", sa.column("third").desc()])
op.create_index("c_gone", "c_keys", ["third"])
op.drop_index("c_gone", table_name="c_keys")
""",
    "batch": """
op.create_table(
    "c_batch",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("a", sa.String(10), server_default="x"),
    sa.Column("b", sa.String(10)),
    sa.Column("c", sa.Integer(), nullable=False),
    sa.Column("d", sa.Text()),
)
with op.batch_alter_table("c_batch", schema=None) as batch_op:
    batch_op.add_column(sa.Column("e", sa.Integer(), nullable=False, server_default="1"))
    batch_op.add_column(sa.Column("f", sa.Integer()))
    batch_op.alter_column("a", existing_type=sa.String(10), server_default=None, nullable=False)
    batch_op.alter_column("b", existing_type=sa.String(10), type_=sa.String(20), new_column_name="bb")
    batch_op.alter_column("c", existing_type=sa.Integer(), nullable=True)
    batch_op.drop_column("d")
    batch_op.create_unique_constraint("c_batch_unique", ["e", "f"])
    batch_op.create_foreign_key("c_batch_owner", "c_owner", ["c"], ["id"], ondelete="SET NULL")
    batch_op.create_index("c_batch_index", ["f"], unique=False)
with op.batch_alter_table("c_batch") as batch_op:
    batch_op.drop_constraint("c_batch_unique", type_="unique")
    batch_op.drop_constraint("c_batch_owner", type_="foreignkey")
""",
    "tables": """
op.create_table("c_first", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.Integer(), index=True))
op.rename_table("c_first", "c_second")
op.create_table("c_temporary", sa.Column("id", sa.Integer()))
op.drop_table("c_temporary")
op.create_table("c_second", sa.Column("other", sa.Integer()), if_not_exists=True)
made = op.create_table("c_made", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(9)))
op.bulk_insert(made, [{"id": 1, "name": "one"}])
op.execute(made.insert().values(id=2, name="two"))
op.execute("UPDATE c_made SET name = 'three' WHERE id = 1")
""",
    "computed_names": """
names = ["c_loop_one", "c_loop_two"]
types = {"text": sa.Text(), "size": sa.Integer()}
for number, name in enumerate(names):
    columns = [sa.Column("id", sa.Integer(), primary_key=True)]
    for column, kind in types.items():
        columns.append(sa.Column(f"{column}_{number}", kind, nullable=column == "text"))
    columns += [sa.Column(part, sa.Boolean()) for part in ("p", "q") if not (part == "q" and number)]
    op.create_table(name, *columns, **{"comment": None})
prefix = "c_" + "loop"
op.add_column("%s_%s" % (prefix, "one"), sa.Column("late", sa.Integer()))
op.add_column("{}_{}".format(prefix, "two"), sa.Column("later", sa.Integer()))
""",
    "helpers": """
from shared import has_column, quietly, stamps


def grow(table, *names, kind=None):
    for name in names:
        if not has_column(table, name):
            op.add_column(table, sa.Column(name, kind or sa.Integer()))


op.create_table("c_helped", sa.Column("id", sa.Integer(), primary_key=True), *stamps(), *stamps(True)[:0])
grow("c_helped", "one", "two", kind=sa.String(7))
grow("c_helped", "two", "three")
with quietly("c_helped") as batch:
    batch.add_column(sa.Column("four", sa.Integer()))
""",
    "guards": """
bind = op.get_bind()
inspector = sa.inspect(bind)
if "c_guarded" not in inspector.get_table_names():
    op.create_table("c_guarded", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer()))
if sa.inspect(bind).has_table("c_guarded"):
    op.add_column("c_guarded", sa.Column("b", sa.Integer()))
if bind.dialect.name == "mysql":
    op.add_column("c_guarded", sa.Column("mine", sa.Integer()))
elif bind.dialect.name in ("postgresql", "sqlite"):
    op.add_column("c_guarded", sa.Column("ours", sa.Integer()))
found = {item["name"]: item for item in sa.inspect(bind).get_columns("c_guarded")}
if "a" in found and found["a"]["nullable"]:
    op.add_column("c_guarded", sa.Column("c", sa.Integer()))
rows = bind.execute(sa.text("SELECT id FROM c_guarded")).fetchall()
for row in rows:
    op.add_column("c_guarded", sa.Column(f"row_{row[0]}", sa.Integer()))
if bind.execute(sa.text("SELECT count(*) FROM c_guarded")).scalar() > 0:
    raise RuntimeError("not empty")
if not rows:
    return
op.drop_table("c_guarded")
""",
    "trying": """
op.create_table("c_tried", sa.Column("id", sa.Integer(), primary_key=True))
try:
    sa.inspect(op.get_bind()).get_columns("c_nowhere")
except sa.exc.NoSuchTableError:
    op.add_column("c_tried", sa.Column("caught", sa.Integer()))
else:
    op.add_column("c_tried", sa.Column("uncaught", sa.Integer()))
finally:
    op.add_column("c_tried", sa.Column("last", sa.Integer()))
""",
    "objects": """
from sqlalchemy.orm import declarative_base

metadata = sa.MetaData()
table = sa.Table("c_object", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.String(3)))
table.create(op.get_bind())
Base = declarative_base()


class Thing(Base):
    __tablename__ = "c_thing"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column("label", sa.String(8), nullable=False)


class Other(Base):
    __tablename__ = "c_other"
    id = sa.Column(sa.Integer, primary_key=True)


Thing.__table__.create(op.get_bind())
Base.metadata.create_all(op.get_bind(), tables=[Thing.__table__, Other.__table__])
""",
    "raw": '''
op.execute("""
    CREATE TABLE c_raw (
        id INTEGER NOT NULL PRIMARY KEY,
        name VARCHAR(20) DEFAULT 'x' NOT NULL,
        size INTEGER DEFAULT 0 CHECK (size >= 0),
        owner INTEGER REFERENCES c_owner (id) ON DELETE CASCADE,
        UNIQUE (name, size)
    )
""")
op.execute(sa.text("ALTER TABLE c_raw ADD COLUMN more TEXT"))
op.execute("ALTER TABLE c_raw RENAME COLUMN more TO much")
op.execute("CREATE UNIQUE INDEX c_raw_index ON c_raw (name, size)")
op.execute("CREATE INDEX c_raw_half ON c_raw (size) WHERE size > 3")
for name in ("c_raw_a", "c_raw_b"):
    op.execute(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER, label TEXT)")
op.execute("DROP TABLE IF EXISTS c_raw_b")
op.execute("ALTER TABLE c_raw_a RENAME TO c_raw_c")
op.execute("INSERT INTO c_raw_c (id, label) VALUES (1, 'CREATE TABLE c_no (id INTEGER)')")
''',
    "names": """
op.create_table(
    op.f("c_named"),
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("a", sa.Integer(), nullable=False),
    sa.UniqueConstraint("a", name=op.f("uq_c_named_a")),
)
op.create_index(op.f("ix_c_named_a"), "c_named", ["a"], unique=False)
context = op.get_context()
op.create_index(None if context is None else op.f("ix_c_named_both"), "c_named", ["a", "id"])
""",
    "switch": """
kind = op.get_bind().dialect.name
match kind:
    case "mysql":
        op.create_table("c_mysql", sa.Column("id", sa.Integer()))
    case _:
        op.create_table("c_matched", sa.Column("id", sa.Integer()))
wanted = ["x", "y", "z"]
while wanted:
    op.add_column("c_matched", sa.Column(wanted.pop(), sa.Integer()))
with op.get_context().autocommit_block():
    op.add_column("c_matched", sa.Column("auto", sa.Integer()))
""",
    "copies": """
op.create_table(
    "c_shown",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(20), nullable=False, server_default="x"),
    sa.Column("size", sa.BigInteger()),
    sa.Column("gone", sa.Text()),
)
meta = sa.MetaData()
meta.reflect(bind=op.get_bind(), only=["c_shown"])
for name in list(meta.tables.keys()):
    shown = sa.Table(name, meta, autoload_with=op.get_bind())
    columns = []
    for column in shown.columns:
        copied = None
        if isinstance(column.type, sa.types.NullType):
            copied = sa.Column(column.name, sa.BigInteger())
        if column.name == "gone":
            copied = sa.Column("kept", sa.Text(), nullable=False)
        if copied is None:
            copied = column._copy()
        columns.append(copied)
    op.create_table("c_shadow_" + name, *columns)
""",
}
