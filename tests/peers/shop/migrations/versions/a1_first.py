"""The shop's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100)),
    )
    op.create_table(  # mark: enum type left behind
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("state", sa.Enum("NEW", "PAID", name="state"), nullable=False),
        sa.Column("colour", sa.Enum("red", name="colour")),
        sa.Column("note", sa.String(200)),
        sa.Column("amount", sa.String(20), nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("voucher", sa.String(20), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("customers")
    op.execute("DROP TYPE IF EXISTS colour")
