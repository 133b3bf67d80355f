"""A fresh in-memory database for each test, made from the models, not from the migrations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from video_shop.models import Account, Base, Video


@pytest.fixture
def session() -> Iterator[Session]:
    """Yield a session on an empty database."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def account(session: Session) -> Account:
    """Return a stored account."""
    account = Account(email="ada@example.org")
    session.add(account)
    session.commit()
    return account


@pytest.fixture
def video(session: Session, account: Account) -> Video:
    """Return a stored video."""
    video = Video(account=account, title="First light")
    session.add(video)
    session.commit()
    return video
