"""Models over more bases and types of other packages than there are stand-ins for."""

import enum
from typing import Optional

import sqlalchemy_utils as su
from advanced_alchemy.base import (
    BigIntAuditBase,
    DefaultBase,
    IdentityBase,
    NanoIDBase,
    UUIDBase,
    UUIDv6AuditBase,
    UUIDv7Base,
)
from advanced_alchemy.mixins import AuditColumns, SlugKey, UniqueMixin
from advanced_alchemy.types import DateTimeUTC, EncryptedString, JsonB
from fastapi_users_db_sqlalchemy import (
    SQLAlchemyBaseOAuthAccountTable,
    SQLAlchemyBaseOAuthAccountTableUUID,
    SQLAlchemyBaseUserTable,
    SQLAlchemyBaseUserTableUUID,
)
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyBaseAccessTokenTableUUID
from fastapi_users_db_sqlalchemy.generics import GUID, TIMESTAMPAware
from flask_appbuilder import Model
from flask_appbuilder.models.mixins import AuditMixin, FileColumn, ImageColumn
from flask_appbuilder.security.sqla.models import User as BaseUser
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship
from sqlalchemy_utils import ChoiceType, EmailType, JSONType, PasswordType, Timestamp, URLType, UUIDType
from sqlalchemy_utils.models import generic_repr


class Base(DeclarativeBase):
    pass


class OAuthAccount(SQLAlchemyBaseOAuthAccountTableUUID, Base):
    pass


class Account(SQLAlchemyBaseUserTableUUID, Base):
    oauth_accounts: Mapped[list[OAuthAccount]] = relationship("OAuthAccount", lazy="joined")


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


class Numbered(SQLAlchemyBaseUserTable[int], Base):
    __tablename__ = "numbered"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)


class NumberedAccount(SQLAlchemyBaseOAuthAccountTable[int], Base):
    __tablename__ = "numbered_account"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)

    @declared_attr
    def user_id(cls) -> Mapped[int]:
        return mapped_column(Integer, ForeignKey("numbered.id", ondelete="cascade"), nullable=False)


class Generic(Base):
    __tablename__ = "generic"
    id: Mapped[GUID] = mapped_column(GUID, primary_key=True)
    at: Mapped[Optional[str]] = mapped_column(TIMESTAMPAware(timezone=True))


class Plain(UUIDBase):
    pass


class Team(UniqueMixin, UUIDv7Base):
    name: Mapped[str] = mapped_column(unique=True)
    data: Mapped[dict] = mapped_column(JsonB)
    secret: Mapped[Optional[str]] = mapped_column(EncryptedString(key="x"))


class TeamMember(UUIDv6AuditBase):
    __tablename__ = "members_of_teams"
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    left_at: Mapped[Optional[str]] = mapped_column(DateTimeUTC)


class HTTPLog(BigIntAuditBase):
    path: Mapped[str]


class Slugged(SlugKey, NanoIDBase):
    title: Mapped[str]


class Counted(IdentityBase):
    title: Mapped[str]


class OwnKey(AuditColumns, DefaultBase):
    key: Mapped[str] = mapped_column(primary_key=True)


class Shape(UUIDBase):
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "shape"}


class Round(Shape):
    radius: Mapped[Optional[int]]
    __mapper_args__ = {"polymorphic_identity": "round"}


class Level(enum.Enum):
    low = "low"
    high = "high"


@generic_repr
class Noted(Timestamp, Base):
    __tablename__ = "noted"
    id = Column(UUIDType(binary=False), primary_key=True)
    level = Column(ChoiceType(Level, impl=String()))
    kind = Column(su.ChoiceType([("a", "A"), ("b", "B")]))
    email = Column(EmailType)
    page = Column(URLType)
    data = Column(JSONType)
    secret = Column(PasswordType(schemes=["pbkdf2_sha512"]), nullable=True)
    other_id = Column(ForeignKey("noted.id"))
    other = relationship("Noted", remote_side=[id], backref="others")


class Owner(BaseUser):
    __tablename__ = "ab_user"
    extra = Column(String(256))


class Contact(AuditMixin, Model):
    id = Column(Integer, primary_key=True)
    __tablename__ = "contact"
    name = Column(String(50), unique=True, nullable=False)
    photo = Column(ImageColumn(size=(300, 300, True)))
    paper = Column(FileColumn)
    owner_id = Column(ForeignKey("ab_user.id"))
    owner = relationship(Owner, foreign_keys=[owner_id])
