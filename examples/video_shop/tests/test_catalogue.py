"""Videos are stored and listed."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from video_shop.models import Account, Video
from video_shop.services.catalogue import publish_video, published_videos


def test_imported_video_is_listed(session: Session, account: Account) -> None:
    # Incident 4, server-managed timestamps in raw SQL: the row claims dates that the database
    # never gave, so the test says nothing about the defaults that production relies on.
    session.execute(
        text(
            "INSERT INTO videos (account_id, title, status, quality, created_at, updated_at) "
            "VALUES (:account_id, 'Imported', 'READY', 'HD', "
            "'2026-01-15 09:30:00', '2026-01-15 09:30:00')"
        ),
        {"account_id": account.id},
    )
    assert session.scalars(select(Video.title)).all() == ["Imported"]


def test_imported_video_is_dated(session: Session, account: Account) -> None:
    # Clean twin of incident 4, server-managed timestamps in raw SQL: the database fills both.
    session.execute(
        text(
            "INSERT INTO videos (account_id, title, status, quality) "
            "VALUES (:account_id, 'Imported', 'READY', 'HD')"
        ),
        {"account_id": account.id},
    )
    video = session.scalars(select(Video)).one()
    assert video.created_at == video.updated_at


def test_video_is_not_from_the_future(video: Video) -> None:
    # Incident 4, naive against aware: SQLite hands the date back without its zone and the test
    # passes; on PostgreSQL it has one, and the comparison raises TypeError: can't compare
    # offset-naive and offset-aware datetimes.
    assert video.created_at <= datetime.utcnow()


def test_video_is_found_by_its_date(session: Session, video: Video) -> None:
    # Clean twin of incident 4, naive against aware: an aware value, compared by the database.
    statement = select(Video).where(Video.created_at <= datetime.now(timezone.utc))
    assert session.scalars(statement).all() == [video]


def test_published_video_is_listed(session: Session, video: Video) -> None:
    publish_video(session, video)
    assert published_videos(session) == [video]
