"""Flask-SQLAlchemy: db.Model, its names for tables, abstract classes."""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column

db = SQLAlchemy()


class Stamped(db.Model):
    __abstract__ = True
    created_at = db.Column(db.DateTime, server_default=db.func.now())


class HTTPUser2Thing(Stamped):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(10), nullable=False)
    posts = db.relationship("Post", backref=db.backref("user"), lazy="dynamic")


class Post(db.Model):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id = db.Column(db.ForeignKey("http_user2_thing.id"))


class Special(Post):
    extra = db.Column(db.Integer)
