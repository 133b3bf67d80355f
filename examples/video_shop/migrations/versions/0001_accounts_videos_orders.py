"""accounts, videos and orders

Revision ID: 0001
Revises:
Create Date: 2026-01-12 09:14:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

currency = sa.Enum("EUR", "USD", name="currency")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("currency", currency, nullable=False),
        sa.Column("plan", sa.Enum("FREE", "PAID", name="account_plan"), nullable=False),
        # Incident 5: an enum in the database, a String in the model.
        sa.Column(
            "status",
            sa.Enum("active", "suspended", name="account_status"),
            server_default="active",
            nullable=False,
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    # Clean twin of incident 1: the table has both timestamps, with their server defaults.
    op.create_table(
        "videos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum("UPLOADED", "READY", "PUBLISHED", name="video_status"),
            nullable=False,
        ),
        sa.Column("quality", sa.Enum("SD", "HD", name="video_quality"), nullable=False),
        sa.Column("proxy_ready", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("proxy_path", sa.String(length=500), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", currency, nullable=False),
        sa.Column("status", sa.Enum("PENDING", "PAID", name="order_status"), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("videos")
    op.drop_table("accounts")
    for name in (
        "order_status",
        "video_quality",
        "video_status",
        "account_status",
        "account_plan",
        "currency",
    ):
        sa.Enum(name=name).drop(op.get_bind())
