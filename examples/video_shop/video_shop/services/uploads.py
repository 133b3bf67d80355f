"""Take in new videos and queue work for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from video_shop.models import Account, OutputQuality, ProcessingJob, Video, VideoQuality


def upload_video(
    session: Session, account: Account, title: str, quality: VideoQuality, preset: str
) -> ProcessingJob:
    """Store a new video and queue its first job."""
    video = Video(account=account, title=title, quality=quality)
    # Incident 2: `ProcessingJob` has no `parameters` (the column is `settings`), so every upload
    # ends in TypeError: 'parameters' is an invalid keyword argument for ProcessingJob.
    # `queued_at` has a server default; set by hand it holds the clock of this process, without a
    # zone, which PostgreSQL reads in the zone of its session.
    job = ProcessingJob(
        video=video,
        parameters={"preset": preset},
        queued_at=datetime.utcnow(),
    )
    session.add(job)
    session.commit()
    return job


def reprocess_video(
    session: Session, video: Video, quality: OutputQuality, settings: dict[str, Any]
) -> ProcessingJob:
    """Queue another job for a video that is already stored."""
    # Clean twin of incident 2: only columns that exist, and the database sets `queued_at`.
    job = ProcessingJob(video=video, quality=quality, settings=settings)
    session.add(job)
    session.commit()
    return job
