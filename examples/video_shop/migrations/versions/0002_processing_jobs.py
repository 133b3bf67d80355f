"""processing jobs

Revision ID: 0002
Revises: 0001
Create Date: 2026-02-03 16:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Incident 1: written from the class body of `ProcessingJob`, which names `created_at` alone.
    # There is no `updated_at`, and `created_at` has no server default.
    op.create_table(
        "processing_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("PENDING", "PROCESSING", "DONE", "FAILED", name="job_status"),
            nullable=False,
        ),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column(
            "queued_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        # Incident 5: revision 0001 has created `video_quality` already, with other labels. In one
        # `alembic upgrade head` the second CREATE TYPE is skipped; upgraded one revision at a
        # time, PostgreSQL answers DuplicateObject: type "video_quality" already exists.
        sa.Column("quality", sa.Enum("HD", "UHD", name="video_quality"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("processing_jobs")
    sa.Enum(name="job_status").drop(op.get_bind())
