"""Publish videos and list them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from video_shop.models import Playlist, Video, VideoStatus


def publish_video(session: Session, video: Video) -> None:
    """Show a video in the catalogue from now on."""
    video.status = VideoStatus.PUBLISHED
    video.published_at = datetime.now(timezone.utc)
    session.commit()


def published_videos(session: Session) -> Sequence[Video]:
    """Return the videos that may be seen now, oldest first."""
    statement = (
        select(Video)
        .where(Video.published_at <= datetime.now(timezone.utc))
        .order_by(Video.published_at)
    )
    return session.scalars(statement).all()


def playlists_of(session: Session, account_id: int) -> Sequence[Playlist]:
    """Return an account's playlists by name."""
    statement = select(Playlist).where(Playlist.account_id == account_id).order_by(Playlist.name)
    return session.scalars(statement).all()
