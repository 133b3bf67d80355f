"""Videos."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, Enum, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from video_shop.models.base import Base

if TYPE_CHECKING:
    from video_shop.models.account import Account, Order
    from video_shop.models.job import ProcessingJob


class VideoStatus(enum.Enum):
    """How far a video has come."""

    UPLOADED = "uploaded"
    READY = "ready"
    PUBLISHED = "published"


class VideoQuality(enum.Enum):
    """The quality of the uploaded original."""

    SD = "sd"
    HD = "hd"


# Clean twin of incident 1: `Video` redeclares neither timestamp, so both stay as `Base` gives
# them, and revision 0001 creates both.
class Video(Base):
    """A video that an account has uploaded."""

    __tablename__ = "videos"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[VideoStatus] = mapped_column(
        Enum(VideoStatus, name="video_status"), default=VideoStatus.UPLOADED
    )
    quality: Mapped[VideoQuality] = mapped_column(
        Enum(VideoQuality, name="video_quality"), default=VideoQuality.HD
    )
    proxy_ready: Mapped[bool] = mapped_column(server_default=false())
    proxy_path: Mapped[str | None] = mapped_column(String(500))

    # Incident 5, Text for a timestamp: revision 0003 adds this column as Text. SQLite keeps dates
    # as text anyway and nothing shows. On PostgreSQL `services.catalogue.published_videos` fails:
    # operator does not exist: text <= timestamp with time zone.
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    account: Mapped[Account] = relationship(back_populates="videos")
    jobs: Mapped[list[ProcessingJob]] = relationship(back_populates="video")
    orders: Mapped[list[Order]] = relationship(back_populates="video")
