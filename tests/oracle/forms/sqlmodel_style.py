"""SQLModel: fields, relationships, columns given whole."""

import enum
from datetime import datetime
from typing import Optional
from uuid import UUID, uuid4

from sqlalchemy import Column, DateTime, String, func
from sqlmodel import Field, Relationship, SQLModel


class Status(str, enum.Enum):
    NEW = "new"


class TeamBase(SQLModel):
    name: str = Field(index=True)
    note: Optional[str] = None


class Team(TeamBase, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    heroes: list["Hero"] = Relationship(back_populates="team")
    created_at: Optional[datetime] = Field(
        default=None, sa_column=Column("made_at", DateTime(timezone=True), server_default=func.now())
    )


class Hero(SQLModel, table=True):
    __tablename__ = "heroes"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    status: Status = Status.NEW
    secret: str = Field(alias="secretName", sa_type=String)
    count: int = 0
    team_id: int | None = Field(default=None, foreign_key="team.id")
    team: Team | None = Relationship(back_populates="heroes")
    stamped: datetime | None = Field(default=None, sa_column_kwargs={"onupdate": func.now()})
