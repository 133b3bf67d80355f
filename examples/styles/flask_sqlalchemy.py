"""The five heart patterns in Flask-SQLAlchemy: `db.Model`, `db.Column`, `db.session`.

Each pattern stands beside its clean twin. The comments say what happens at run time.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class TimestampMixin:
    created_at = db.Column(db.DateTime(timezone=True), server_default=db.func.now(), nullable=False)
    updated_at = db.Column(
        db.DateTime(timezone=True),
        server_default=db.func.now(),
        onupdate=db.func.now(),
        nullable=False,
    )


class TicketStatus(enum.Enum):
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


# Pattern 1, bug (ORM101, twice): both columns are replaced whole and lose their server defaults.
# A raw INSERT that leaves them out fails: NOT NULL constraint failed.
class Customer(TimestampMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(100), nullable=False)
    created_at = db.Column(db.DateTime, default=datetime.utcnow, nullable=False)
    updated_at = db.Column(
        db.DateTime, default=datetime.utcnow, onupdate=datetime.utcnow, nullable=False
    )


# Pattern 2, bug (ORM102): `created_at` is no longer filled by anything, `updated_at` still is.
# Every `Attachment()` fails at flush: NOT NULL constraint failed: attachment.created_at.
class Attachment(TimestampMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    created_at = db.Column(db.DateTime(timezone=True), nullable=False)


# Patterns 1 and 2, clean twin: both are inherited.
class Ticket(TimestampMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    subject = db.Column(db.String(200), nullable=False)
    status = db.Column(db.Enum(TicketStatus), default=TicketStatus.OPEN, nullable=False)
    escalated = db.Column(db.Boolean, default=False, nullable=False)


# Pattern 2, clean twin: one of the pair is redeclared with the same defaults, to add an index.
class Reply(TimestampMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    created_at = db.Column(
        db.DateTime(timezone=True), server_default=db.func.now(), nullable=False, index=True
    )


def open_ticket_bug(subject: str) -> Ticket:
    # Pattern 3, bug (ORM201): TypeError: 'priority' is an invalid keyword argument for Ticket.
    ticket = Ticket(subject=subject, priority=1)
    db.session.add(ticket)
    db.session.commit()
    return ticket


def open_ticket(subject: str) -> Ticket:
    # Pattern 3, clean twin.
    ticket = Ticket(subject=subject, escalated=True)
    db.session.add(ticket)
    db.session.commit()
    return ticket


def escalate_bug(ticket_id: int) -> None:
    ticket = Ticket.query.filter_by(id=ticket_id).one()
    # Pattern 4, bug (ORM202): no such column; nothing raises and nothing is written.
    ticket.assigned_team = "second level"
    db.session.commit()


def escalate(ticket_id: int) -> None:
    ticket = Ticket.query.filter_by(id=ticket_id).one()
    # Pattern 4, clean twin.
    ticket.escalated = True
    db.session.commit()


def for_template(ticket_id: int) -> Any:
    ticket = Ticket.query.filter_by(id=ticket_id).one()
    # Pattern 4, clean twin: set for a template, and no session write follows.
    ticket.badge_colour = "red"
    return ticket


def import_ticket_bug(subject: str) -> None:
    # Pattern 5, bug (ORM301): a label, so it is stored; but until the row is loaded again
    # `ticket.status` is the str "OPEN", not the member.
    ticket = Ticket(subject=subject, status="OPEN")
    db.session.add(ticket)
    db.session.commit()


def close_bug(ticket_id: int) -> None:
    ticket = Ticket.query.filter_by(id=ticket_id).one()
    # Pattern 5, bug (ORM302): the label is CLOSED. PostgreSQL raises DataError; SQLite stores
    # "closed", and every later load of the row raises LookupError.
    ticket.status = "closed"
    db.session.commit()


def is_open_bug(ticket_id: int) -> bool:
    ticket = Ticket.query.filter_by(id=ticket_id).one()
    # Pattern 5, bug (ORM303): a member of a plain Enum never equals a str, so always False.
    return ticket.status == "open"


def close(ticket_id: int) -> None:
    ticket = Ticket.query.filter_by(id=ticket_id).one()
    # Pattern 5, clean twins: members, in a comparison and in an assignment.
    if ticket.status == TicketStatus.OPEN:
        ticket.status = TicketStatus.WAITING
    else:
        ticket.status = TicketStatus.CLOSED
    db.session.commit()
