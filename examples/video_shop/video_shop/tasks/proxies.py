"""Make the small copies (proxies) that editors preview."""

from __future__ import annotations

from sqlalchemy.orm import Session

from video_shop.models import Video


def discard_proxy(session: Session, video_id: int) -> None:
    """Forget a proxy, so that the next run makes a new one."""
    video = session.get_one(Video, video_id)
    # Incident 3, an attribute without a column: `Video` has no `proxy_generated` (the column is
    # `proxy_ready`). Nothing raises, the commit writes no row, and the video still counts as done.
    video.proxy_generated = False
    session.commit()


def store_proxy(session: Session, video_id: int, path: str) -> None:
    """Record a finished proxy."""
    video = session.get_one(Video, video_id)
    # Clean twin of incident 3, an attribute without a column: both names are columns.
    video.proxy_path = path
    video.proxy_ready = True
    session.commit()
