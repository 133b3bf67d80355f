"""Flask-SQLAlchemy: bases of its own, abstract classes, names of tables, inheritance, metadata."""

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.model import Model
from sqlalchemy import MetaData, String
from sqlalchemy.orm import declared_attr

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"})


class Own(Model):
    def save(self):
        return self


db = SQLAlchemy(model_class=Own, metadata=metadata)


class Mixin:
    slug = db.Column(db.String(10), unique=True)

    @declared_attr
    def team_id(cls):
        return db.Column(db.Integer, db.ForeignKey("team.id"))


class Timed(db.Model):
    __abstract__ = True
    made_at = db.Column(db.DateTime, default=db.func.now())


class Team(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    members = db.relationship("TeamMember", back_populates="team", cascade="all")


class TeamMember(Mixin, Timed):
    id = db.Column(db.Integer, primary_key=True)
    type = db.Column(String(20))
    team = db.relationship(Team, back_populates="members")
    __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "member"}


class Leader(TeamMember):
    rank = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "leader"}


class Outside(TeamMember):
    __tablename__ = "outside_members"
    id = db.Column(db.Integer, db.ForeignKey("team_member.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "outside"}


class Guest(TeamMember):
    id = db.Column(db.Integer, db.ForeignKey(TeamMember.id), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "guest"}


class XMLHttpRequest2(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    self_id = db.Column(db.ForeignKey("xml_http_request2.id"))
    children = db.relationship("XMLHttpRequest2", backref=db.backref("parent", remote_side=[id]))
