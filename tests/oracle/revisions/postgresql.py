"""Revisions for PostgreSQL."""

REVISIONS = {
    "alter": """
op.create_table(
    "p_alter",
    sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True),
    sa.Column("a", sa.String(10), server_default="x"),
    sa.Column("b", sa.Integer(), nullable=False),
    sa.Column("double", sa.Integer(), sa.Computed("id * 2")),
    sa.Column("c", sa.ARRAY(sa.String(5)), server_default="{}"),
    sa.Column("d", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column("e", postgresql.UUID(as_uuid=True), server_default=sa.text("gen_random_uuid()")),
    sa.Column("f", sa.DateTime(), server_default=sa.text("timezone('utc', now())")),
    sa.Column("g", sa.Interval()),
    sa.Column("h", postgresql.TSVECTOR()),
    sa.Column("i", sa.Integer(), server_default=sa.func.length("abc")),
)
op.alter_column("p_alter", "a", type_=sa.Text(), nullable=False, server_default=None)
op.alter_column("p_alter", "b", new_column_name="bb", type_=sa.BigInteger())
op.alter_column("p_alter", "c", nullable=True, existing_nullable=False, existing_server_default="{}")
op.add_column("p_alter", sa.Column("owner", sa.Integer(), sa.ForeignKey("c_owner.id"), unique=True))
op.create_unique_constraint(None, "p_alter", ["a", "bb"])
op.create_foreign_key(None, "p_alter", "c_owner", ["i"], ["a"], ondelete="RESTRICT")
op.create_check_constraint("p_positive", "p_alter", "bb > 0")
op.drop_constraint("p_alter_owner_fkey", "p_alter", type_="foreignkey")
op.create_index("p_half", "p_alter", ["a"], postgresql_where=sa.text("bb > 1"))
op.create_index("p_lower", "p_alter", [sa.text("lower(a)"), "bb"])
""",
    "added_key": """
op.create_table("p_keyless", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()))
op.create_primary_key("p_keyless_key", "p_keyless", ["a", "b"])
op.drop_constraint("p_keyless_key", "p_keyless", type_="primary")
op.add_column("p_keyless", sa.Column("c", sa.Integer(), primary_key=True))
""",
    "enums": """
mood = postgresql.ENUM("sad", "ok", name="p_mood")
mood.create(op.get_bind(), checkfirst=True)
op.create_table(
    "p_enums",
    sa.Column("a", postgresql.ENUM("sad", "ok", name="p_mood", create_type=False), server_default="ok"),
    sa.Column("b", sa.Enum("x", "y", name="p_letter"), nullable=False),
    sa.Column("c", sa.Text()),
)
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE p_mood ADD VALUE IF NOT EXISTS 'glad' AFTER 'sad'")
    op.execute("ALTER TYPE p_mood ADD VALUE 'mad'")
op.execute("ALTER TYPE p_letter RENAME VALUE 'x' TO 'z'")
op.execute("ALTER TYPE p_letter RENAME TO p_sign")
fresh = sa.Enum("one", "two", name="p_fresh")
fresh.create(op.get_bind())
op.alter_column("p_enums", "c", type_=fresh, postgresql_using="c::p_fresh")
other = sa.Enum("gone", name="p_gone")
other.create(op.get_bind())
other.drop(op.get_bind())
""",
    "replaced_enum": """
op.execute("ALTER TABLE p_enums ALTER COLUMN a DROP DEFAULT")
op.execute("ALTER TYPE p_mood RENAME TO p_mood_old")
op.execute("CREATE TYPE p_mood AS ENUM ('calm', 'ok')")
op.execute("ALTER TABLE p_enums ALTER COLUMN a TYPE p_mood USING 'ok'::p_mood")
op.execute("DROP TYPE p_mood_old")
""",
    "blocks": '''
op.execute("""
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'p_state') THEN
        CREATE TYPE p_state AS ENUM ('on', 'off');
    END IF;
END $$;
""")
op.execute("""
DO $body$ BEGIN
    CREATE TYPE p_state AS ENUM ('other');
EXCEPTION WHEN duplicate_object THEN NULL;
END $body$;
""")
op.execute("""
    CREATE TABLE p_block (
        id SERIAL PRIMARY KEY,
        big BIGSERIAL,
        state p_state NOT NULL DEFAULT 'on',
        at TIMESTAMP WITH TIME ZONE DEFAULT now(),
        amount NUMERIC(12, 2),
        tags TEXT[] NOT NULL DEFAULT '{}',
        owner INTEGER CONSTRAINT p_block_owner REFERENCES c_owner(id),
        CONSTRAINT p_block_unique UNIQUE (amount, at)
    )
""")
op.execute("""
DO $$ BEGIN
    ALTER TABLE p_block ADD COLUMN late DOUBLE PRECISION;
EXCEPTION WHEN duplicate_column THEN NULL;
END $$
""")
op.execute(
    "ALTER TABLE p_block ADD COLUMN IF NOT EXISTS a INTEGER, ALTER COLUMN amount SET NOT NULL, "
    "ALTER COLUMN tags DROP DEFAULT, ALTER COLUMN late TYPE REAL USING late::real, DROP COLUMN big"
)
op.execute('ALTER TABLE ONLY p_block RENAME CONSTRAINT p_block_unique TO p_block_once')
op.execute('CREATE INDEX p_block_index ON public.p_block USING btree (a DESC NULLS LAST, at)')
op.execute("ALTER INDEX p_block_index RENAME TO p_block_renamed")
op.execute("COMMENT ON TABLE p_block IS 'ALTER TABLE nothing'; CREATE TABLE p_like (LIKE p_block INCLUDING DEFAULTS)")
''',
    "long_names": """
op.create_table(
    "p_a_table_with_a_rather_long_name_that_goes_on",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("a_column_with_a_rather_long_name", sa.Integer(), unique=True),
    sa.Column("owner_of_the_thing_that_goes_on_and_on", sa.Integer(), sa.ForeignKey("c_owner.id")),
)
(found,) = sa.inspect(op.get_bind()).get_foreign_keys("p_a_table_with_a_rather_long_name_that_goes_on")
op.drop_constraint(found["name"], "p_a_table_with_a_rather_long_name_that_goes_on")
""",
    "schemas": """
op.execute("CREATE SCHEMA IF NOT EXISTS side")
op.create_table("p_side", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer(), index=True), schema="side")
op.add_column("p_side", sa.Column("x", sa.Integer(), sa.ForeignKey("side.p_side.id")), schema="side")
op.alter_column("p_side", "x", nullable=False, schema="side")
op.rename_table("p_side", "p_sides", schema="side")
op.execute("ALTER TABLE side.p_sides ADD COLUMN y TEXT")
""",
    "reflected_keys": """
op.create_table("p_place", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table(
    "p_reflected",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("owner", sa.Integer(), sa.ForeignKey("c_owner.id")),
    sa.Column("place", sa.Integer(), sa.ForeignKey("p_place.id")),
    sa.Column("code", sa.Integer(), unique=True),
)


def name_of_key():
    shown = sa.Table("p_reflected", sa.MetaData(), autoload_with=op.get_bind())
    for constraint in shown.foreign_key_constraints:
        if constraint.referred_table.name == "c_owner" and constraint.column_keys[0] == "owner":
            return constraint.name
    raise ValueError("there is none")


op.drop_constraint(name_of_key(), "p_reflected", type_="foreignkey")
op.create_foreign_key("p_reflected_owner", "p_reflected", "c_owner", ["owner"], ["id"], ondelete="CASCADE")
shown = sa.Table("p_reflected", sa.MetaData(), autoload_with=op.get_bind())
for constraint in list(shown.constraints):
    if isinstance(constraint, sa.UniqueConstraint):
        op.drop_constraint(constraint.name, "p_reflected")
""",
    "guarded_drop": """
op.create_table("p_guarded", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Text(), unique=True))
query = "SELECT conname FROM pg_constraint WHERE conrelid = 'p_guarded'::regclass AND conname = 'a'"
if op.get_bind().execute(sa.text(query)).fetchone():
    op.drop_constraint("a", "p_guarded", type_="unique")
""",
}
