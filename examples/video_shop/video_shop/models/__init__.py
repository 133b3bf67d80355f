"""The mapped classes, one module per part of the shop."""

from video_shop.models.account import (
    Account,
    AccountPlan,
    Currency,
    Order,
    OrderStatus,
    Playlist,
)
from video_shop.models.base import Base
from video_shop.models.job import JobStatus, OutputQuality, ProcessingJob
from video_shop.models.video import Video, VideoQuality, VideoStatus

__all__ = [
    "Account",
    "AccountPlan",
    "Base",
    "Currency",
    "JobStatus",
    "Order",
    "OrderStatus",
    "OutputQuality",
    "Playlist",
    "ProcessingJob",
    "Video",
    "VideoQuality",
    "VideoStatus",
]
