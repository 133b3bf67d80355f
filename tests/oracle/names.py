"""What SQLAlchemy makes of names at run time: each statement is run, and says whether the name was taken.

`HEAD` makes a session `s` on a database with one row; a statement that drops a name leaves it unwritten.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD = """
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, insert, select, update
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Session, aliased, declarative_base, joinedload, relationship, synonym

Base = declarative_base()


class P(Base):
    __tablename__ = "p"
    id = Column(Integer, primary_key=True)


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    name = Column("db_name", String(9))
    number = Column(Integer)
    p_id = Column(ForeignKey("p.id"))
    p = relationship(P, backref="many")
    same = synonym("number")
    plain = 5

    @property
    def shown(self):
        return self.name

    @hybrid_property
    def twice(self):
        return self.number


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
s.add(A(id=1, name="old", number=1))
s.commit()
a = s.get(A, 1)
"""


@dataclass(frozen=True)
class Row:
    """A statement. `taken`: whether its name is, by series ("" all others); `missed`: no rule speaks of it yet."""

    code: str
    taken: dict[str, bool]
    missed: bool = False

    def outcome(self, series: str) -> bool:
        """Return whether a series takes the name."""
        return self.taken.get(series, self.taken.get("", True))


def _yes(*codes: str) -> list[Row]:
    return [Row(code, {"": True}) for code in codes]


def _no(*codes: str) -> list[Row]:
    return [Row(code, {"": False}) for code in codes]


ROWS = [
    # -- instances and classes
    *_yes(
        "a.name", "a.same", "a.twice", "a.shown", "a.plain", "a.p", "P(id=9).many", "a.metadata", "A.name", "A.metadata"
    ),
    *_no("a.nope", "A.nope", "a.db_name", "a.many", "P(id=9).p", "a.nope = 7", "a.db_name = 'x'", "a.shown = 7"),
    *_yes("a.name = 'x'", "a.p_id = 7", "aliased(A).name"),
    *_no("aliased(A).nope"),
    Row("A.p.id", {"": False}, missed=True),
    # -- constructors
    *_yes("A(name='x')", "A(same=1)", "A(p=None)", "A(plain=1)", "P(many=[])"),
    *_no("A(nope=1)", "A(db_name='x')", "P(p=1)", "A(shown=1)"),
    # -- look-ups that fail loudly
    *_yes("s.query(A).filter_by(name='x')", "select(A).filter_by(same=1)", "select(A).filter_by(twice=1)"),
    *_no("s.query(A).filter_by(nope=1)", "s.query(A).filter_by(db_name=1)", "select(A).filter_by(nope=1)"),
    *_no("s.query(A).filter_by(plain=1)", "s.query(A).filter_by(shown=1)"),
    *_yes("s.execute(insert(A).values(number=7))", "s.execute(update(A).values(number=7))"),
    *_no("s.execute(insert(A).values(nope=7))", "s.execute(update(A).values(nope=7))"),
    *_yes("s.query(A).update({'name': 'x'})"),
    *_no("s.query(A).update({'nope': 7})"),
    # -- keys of parameters, which are dropped in silence
    Row("s.execute(insert(A), [{'name': 'x'}])", {"1.4": False, "": True}),
    Row("s.execute(insert(A), [{'db_name': 'x'}])", {"1.4": True, "": False}),
    *_no("s.execute(insert(A), [{'nope': 'x'}])"),
    *_yes("s.bulk_insert_mappings(A, [{'name': 'x'}])"),
    *_no("s.bulk_insert_mappings(A, [{'db_name': 'x'}])", "s.bulk_insert_mappings(A, [{'nope': 'x'}])"),
    *_yes("s.bulk_update_mappings(A, [{'id': 1, 'name': 'x'}])"),
    *_no("s.bulk_update_mappings(A, [{'id': 1, 'nope': 'x'}])"),
    *_yes("s.execute(A.__table__.insert().values(db_name='x'))"),
    Row("s.execute(A.__table__.insert().values(name='x'))", {"": False}, missed=True),
    Row("s.execute(A.__table__.insert().values(nope='x'))", {"": False}, missed=True),
    Row("s.execute(update(A), [{'id': 1, 'name': 'x'}])", {"1.4": False, "": True}),
    *_no("s.execute(update(A), [{'id': 1, 'nope': 'x'}])"),
]
