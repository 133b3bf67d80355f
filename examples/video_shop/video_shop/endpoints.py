"""The HTTP endpoints, as plain functions: a framework would add routes and the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from video_shop.models import ProcessingJob, Video


class NotFoundError(LookupError):
    """Answered as 404."""


@dataclass(frozen=True)
class JobResponse:
    """A job, as clients see it."""

    id: int
    status: str
    updated_at: datetime


@dataclass(frozen=True)
class VideoResponse:
    """A video, as clients see it."""

    id: int
    title: str
    updated_at: datetime


def read_job(session: Session, job_id: int) -> JobResponse:
    """GET /jobs/{job_id}: where incident 1 shows, as a 500 on the migrated database."""
    job = session.get(ProcessingJob, job_id)
    if job is None:
        raise NotFoundError(job_id)
    return JobResponse(id=job.id, status=job.status.value, updated_at=job.updated_at)


def read_video(session: Session, video_id: int) -> VideoResponse:
    """GET /videos/{video_id}: works, because revision 0001 gave the table both timestamps."""
    video = session.get(Video, video_id)
    if video is None:
        raise NotFoundError(video_id)
    return VideoResponse(id=video.id, title=video.title, updated_at=video.updated_at)
