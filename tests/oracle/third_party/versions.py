"""Models whose history sqlalchemy-continuum keeps: it adds names when mappers are configured."""

import sqlalchemy as sa
from sqlalchemy.orm import configure_mappers, declarative_base
from sqlalchemy_continuum import make_versioned

make_versioned(user_cls=None)

Base = declarative_base()


class Article(Base):
    __versioned__ = {"exclude": ["body"]}
    __tablename__ = "article"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.Unicode(255))
    body = sa.Column(sa.UnicodeText)


class Tag(Base):
    __tablename__ = "tag"
    id = sa.Column(sa.Integer, primary_key=True)
    article_id = sa.Column(sa.ForeignKey(Article.id))
    article = sa.orm.relationship(Article, backref="tags")


configure_mappers()
