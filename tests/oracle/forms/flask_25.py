"""Flask-SQLAlchemy 2.5: names, abstract classes, binds, bases of its own."""

from flask import Flask
from flask_sqlalchemy import Model, SQLAlchemy, declarative_base  # the last one is of 2.x only
from sqlalchemy import MetaData

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False


class Own(Model):
    def save(self):
        return self


db = SQLAlchemy(app, model_class=Own, metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s"}))
links = db.Table("links", db.Column("user_id", db.ForeignKey("http_user2_thing.id")), db.Column("tag", db.String(9)))


class Stamped(db.Model):
    __abstract__ = True
    created_at = db.Column(db.DateTime, server_default=db.func.now())


class HTTPUser2Thing(Stamped):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(10), nullable=False)
    posts = db.relationship("Post", backref=db.backref("user"), lazy="dynamic")


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("http_user2_thing.id"))
    kind = db.Column(db.String(9))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "post"}


class Special(Post):
    extra = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "special"}


class Joined(Post):
    id = db.Column(db.ForeignKey("post.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "joined"}


class Elsewhere(db.Model):
    __bind_key__ = "other"
    __tablename__ = "else_where"
    id = db.Column(db.Integer, primary_key=True)
