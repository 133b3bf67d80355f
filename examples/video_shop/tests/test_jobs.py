"""Jobs are queued, run and finished."""

from __future__ import annotations

from sqlalchemy.orm import Session

from video_shop.models import JobStatus, OutputQuality, ProcessingJob, Video
from video_shop.services.uploads import reprocess_video
from video_shop.tasks.jobs import finish_job, start_next_job


def test_running_job_belongs_to_its_video(session: Session, video: Video) -> None:
    # Incident 4, a string for an Enum: the column's label is PROCESSING. SQLite stores the string
    # and the test passes, but the row cannot be loaded again: LookupError: 'processing' is not
    # among the defined enum values. PostgreSQL refuses the INSERT with a DataError.
    job = ProcessingJob(video=video, status="processing")
    session.add(job)
    session.flush()
    assert job.video_id == video.id


def test_failed_job_belongs_to_its_video(session: Session, video: Video) -> None:
    # Clean twin of incident 4, a string for an Enum: the member.
    job = ProcessingJob(video=video, status=JobStatus.FAILED)
    session.add(job)
    session.flush()
    assert job.video_id == video.id


def test_a_queued_job_runs_to_its_end(session: Session, video: Video) -> None:
    queued = reprocess_video(session, video, OutputQuality.UHD, {"preset": "web"})
    job = start_next_job(session)
    assert job is queued
    finish_job(session, job)
    assert job.status is JobStatus.DONE
