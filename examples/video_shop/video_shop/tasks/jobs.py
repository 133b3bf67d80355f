"""Run the queued jobs."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from video_shop.models import JobStatus, ProcessingJob, VideoStatus


def start_next_job(session: Session) -> ProcessingJob | None:
    """Take the oldest waiting job, or None if there is none."""
    job = session.scalars(
        select(ProcessingJob)
        .where(ProcessingJob.status == JobStatus.PENDING)
        .order_by(ProcessingJob.queued_at)
        .limit(1)
    ).first()
    if job is not None:
        # Clean twin of incident 3, a status that is never updated: each step is assigned.
        job.status = JobStatus.PROCESSING
        session.commit()
    return job


def finish_job(session: Session, job: ProcessingJob) -> None:
    """Mark a job as done and its video as ready."""
    job.status = JobStatus.DONE
    job.finished_at = datetime.now(timezone.utc)
    job.video.status = VideoStatus.READY
    session.commit()
