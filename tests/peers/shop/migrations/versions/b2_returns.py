"""Returns of orders."""

import sqlalchemy as sa
from alembic import op

revision = "b2"
down_revision = "a1"


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("voucher", server_default=None)
    with op.batch_alter_table("customers") as batch:
        batch.add_column(sa.Column("score", sa.Integer, nullable=False))  # mark: NOT NULL added without a default
    with op.batch_alter_table("customers") as batch:
        batch.drop_column("score")
    op.create_table(  # mark: enum type made again
        "returns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", sa.Enum("NEW", "PAID", name="state"), nullable=False),
    )
    op.drop_table("returns")


def downgrade() -> None:
    raise NotImplementedError
