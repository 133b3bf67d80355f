"""The five heart patterns in the style of SQLAlchemy 1.x: `declarative_base()`, `Column`, `Query`.

Each pattern stands beside its clean twin. The comments say what happens at run time.
"""

import enum
from datetime import datetime

from sqlalchemy import Column, DateTime, Enum, ForeignKey, Integer, String, func
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class TimestampMixin:
    created_at = Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    updated_at = Column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now(), nullable=False
    )


class RenderStatus(enum.Enum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"


# Pattern 1, bug (ORM101, twice): both columns are replaced whole and lose their server defaults.
# A raw INSERT that leaves them out fails: NOT NULL constraint failed.
class Studio(TimestampMixin, Base):
    __tablename__ = "studios"

    id = Column(Integer, primary_key=True)
    name = Column(String(100), nullable=False)
    created_at = Column(DateTime, default=datetime.utcnow, nullable=False)
    updated_at = Column(DateTime, default=datetime.utcnow, onupdate=datetime.utcnow, nullable=False)


# Pattern 2, bug (ORM102): `created_at` is no longer filled by anything, `updated_at` still is.
# Every `Camera()` fails at flush: NOT NULL constraint failed: cameras.created_at.
class Camera(TimestampMixin, Base):
    __tablename__ = "cameras"

    id = Column(Integer, primary_key=True)
    created_at = Column(DateTime(timezone=True), nullable=False)


# Patterns 1 and 2, clean twin: both are inherited.
class Render(TimestampMixin, Base):
    __tablename__ = "renders"

    id = Column(Integer, primary_key=True)
    studio_id = Column(Integer, ForeignKey("studios.id"))
    status = Column(Enum(RenderStatus), default=RenderStatus.PENDING, nullable=False)
    proxy_ready = Column(Integer, default=0, nullable=False)

    studio = relationship("Studio")


# Pattern 2, clean twin: one of the pair is redeclared with the same defaults, to add an index.
class Delivery(TimestampMixin, Base):
    __tablename__ = "deliveries"

    id = Column(Integer, primary_key=True)
    created_at = Column(
        DateTime(timezone=True), server_default=func.now(), nullable=False, index=True
    )


def queue_render_bug(session, studio):
    # Pattern 3, bug (ORM201): TypeError: 'parameters' is an invalid keyword argument for Render.
    render = Render(studio=studio, parameters={"preset": "web"})
    session.add(render)
    session.commit()
    return render


def queue_render(session, studio):
    # Pattern 3, clean twin.
    render = Render(studio=studio, proxy_ready=0)
    session.add(render)
    session.commit()
    return render


def discard_proxy_bug(session, render_id):
    render = session.query(Render).filter_by(id=render_id).one()
    # Pattern 4, bug (ORM202): no such column; nothing raises and nothing is written.
    render.proxy_generated = 0
    session.commit()


def discard_proxy(session, render_id):
    render = session.query(Render).filter_by(id=render_id).one()
    # Pattern 4, clean twin.
    render.proxy_ready = 0
    session.commit()


def with_badge(session, render_id):
    render = session.query(Render).filter_by(id=render_id).one()
    # Pattern 4, clean twin: set for a template, and no session write follows.
    render.badge_colour = "green"
    return render


def queue_by_label_bug(session, studio):
    # Pattern 5, bug (ORM301): a label, so it is stored; but until the row is loaded again
    # `render.status` is the str "PENDING", not the member.
    render = Render(studio=studio, status="PENDING")
    session.add(render)
    session.commit()
    return render


def finish_bug(session, render_id):
    render = session.query(Render).filter_by(id=render_id).one()
    # Pattern 5, bug (ORM302): the label is DONE. PostgreSQL raises DataError; SQLite stores "done",
    # and every later load of the row raises LookupError.
    render.status = "done"
    session.commit()


def is_waiting_bug(session, render_id):
    render = session.query(Render).filter_by(id=render_id).one()
    # Pattern 5, bug (ORM303): a member of a plain Enum never equals a str, so always False.
    return render.status == "pending"


def finish(session, render_id):
    render = session.query(Render).filter_by(id=render_id).one()
    # Pattern 5, clean twins: members, in a comparison and in an assignment.
    if render.status == RenderStatus.PENDING:
        render.status = RenderStatus.RUNNING
    else:
        render.status = RenderStatus.DONE
    session.commit()
