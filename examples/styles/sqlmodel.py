"""The five heart patterns in SQLModel: `table=True`, `Field`, `session.exec`.

Each pattern stands beside its clean twin. The comments say what happens at run time; two of the
five patterns behave otherwise here than under plain SQLAlchemy.
"""

import enum
from datetime import datetime, timezone

from sqlalchemy import DateTime, func
from sqlmodel import Field, Session, SQLModel, select


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Timestamped(SQLModel):
    created_at: datetime | None = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
        nullable=False,
    )
    updated_at: datetime | None = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now(), "onupdate": func.now()},
        nullable=False,
    )


class ParcelStatus(enum.Enum):
    PACKED = "packed"
    SENT = "sent"
    ARRIVED = "arrived"


# Pattern 1, bug (ORM101, twice): both columns are replaced whole and lose their server defaults.
# A raw INSERT that leaves them out fails: NOT NULL constraint failed.
class Depot(Timestamped, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    created_at: datetime = Field(
        default_factory=utc_now, sa_type=DateTime(timezone=True), nullable=False
    )
    updated_at: datetime = Field(
        default_factory=utc_now,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"onupdate": utc_now},
        nullable=False,
    )


# Pattern 2, bug (ORM102): `created_at` is no longer filled by anything, `updated_at` still is.
# Every `Courier()` fails at flush: NOT NULL constraint failed: courier.created_at.
class Courier(Timestamped, table=True):
    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)


# Patterns 1 and 2, clean twin: both are inherited.
class Parcel(Timestamped, table=True):
    id: int | None = Field(default=None, primary_key=True)
    address: str
    status: ParcelStatus = Field(default=ParcelStatus.PACKED)
    insured: bool = Field(default=False)


# Pattern 2, clean twin: one of the pair is redeclared with the same defaults, to add an index.
class Scan(Timestamped, table=True):
    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime | None = Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
        nullable=False,
        index=True,
    )


def pack_bug(session: Session, address: str) -> Parcel:
    # Pattern 3, bug (ORM201): SQLModel drops the unknown keyword without a word.
    parcel = Parcel(address=address, express=True)
    session.add(parcel)
    session.commit()
    return parcel


def pack(session: Session, address: str) -> Parcel:
    # Pattern 3, clean twin.
    parcel = Parcel(address=address, insured=True)
    session.add(parcel)
    session.commit()
    return parcel


def insure_bug(session: Session, parcel_id: int) -> None:
    parcel = session.exec(select(Parcel).where(Parcel.id == parcel_id)).one()
    # Pattern 4, bug (ORM202): ValueError: "Parcel" object has no field "insurance".
    parcel.insurance = True
    session.commit()


def insure(session: Session, parcel_id: int) -> None:
    parcel = session.exec(select(Parcel).where(Parcel.id == parcel_id)).one()
    # Pattern 4, clean twin.
    parcel.insured = True
    session.commit()


def import_parcel_bug(session: Session, address: str) -> Parcel:
    # Pattern 5, bug (ORM301): a label, so it is stored, and a table model validates nothing; but
    # until the row is loaded again `parcel.status` is the str "PACKED", not the member.
    parcel = Parcel(address=address, status="PACKED")
    session.add(parcel)
    session.commit()
    return parcel


def send_bug(session: Session, parcel_id: int) -> None:
    parcel = session.exec(select(Parcel).where(Parcel.id == parcel_id)).one()
    # Pattern 5, bug (ORM302): the label is SENT. PostgreSQL raises DataError; SQLite stores
    # "sent", and every later load of the row raises LookupError.
    parcel.status = "sent"
    session.commit()


def is_packed_bug(session: Session, parcel_id: int) -> bool:
    parcel = session.exec(select(Parcel).where(Parcel.id == parcel_id)).one()
    # Pattern 5, bug (ORM303): a member of a plain Enum never equals a str, so always False.
    return parcel.status == "packed"


def send(session: Session, parcel_id: int) -> None:
    parcel = session.exec(select(Parcel).where(Parcel.id == parcel_id)).one()
    # Pattern 5, clean twins: members, in a comparison and in an assignment.
    if parcel.status == ParcelStatus.PACKED:
        parcel.status = ParcelStatus.SENT
    else:
        parcel.status = ParcelStatus.ARRIVED
    session.commit()
