"""when a video was published

Revision ID: 0003
Revises: 0002
Create Date: 2026-03-21 11:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Incident 5: Text, where the model has a timestamp.
    op.add_column("videos", sa.Column("published_at", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("videos", "published_at")
