"""Background jobs."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, DateTime, Enum, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from video_shop.models.base import Base

if TYPE_CHECKING:
    from video_shop.models.video import Video


class JobStatus(enum.Enum):
    """How far a job has come. The column stores the names: PENDING, PROCESSING …"""

    PENDING = "pending"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


class OutputQuality(enum.Enum):
    """The quality a job produces."""

    HD = "hd"
    UHD = "uhd"


class ProcessingJob(Base):
    """One piece of work on one video."""

    __tablename__ = "processing_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id"))
    status: Mapped[JobStatus] = mapped_column(
        Enum(JobStatus, name="job_status"), default=JobStatus.PENDING
    )
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    queued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    # Incident 5, one enum declared twice: `OutputQuality` here and `VideoQuality` in video.py are
    # two Python enums with different labels and one database type name. PostgreSQL keeps one set
    # of labels: after `alembic upgrade head` SD and HD, so that storing UHD is a DataError; after
    # `create_all()` HD and UHD.
    quality: Mapped[OutputQuality] = mapped_column(
        Enum(OutputQuality, name="video_quality"), default=OutputQuality.HD
    )

    # Incident 1: replaces the inherited column whole. The server default is gone, so raw SQL that
    # leaves it out fails NOT NULL; `updated_at`, its partner, is still `Base`'s. Revision 0002 was
    # written from this class body, so the table has no `updated_at`, and `endpoints.read_job`
    # fails: column processing_jobs.updated_at does not exist.
    created_at: Mapped[datetime] = mapped_column(DateTime, default=datetime.utcnow)

    video: Mapped[Video] = relationship(back_populates="jobs")
