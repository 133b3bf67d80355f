"""Whether a session write may follow a statement: within its function, and in those that call it."""

from __future__ import annotations

import textwrap

import pytest
from documents import semantic_model

MODELS = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import DeclarativeBase, Session

class Base(DeclarativeBase):
    pass

class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
"""
HEADER = "from sqlalchemy.orm import Session, sessionmaker\nfrom models import Video\n"


def follows(code: str, function: str = "use") -> bool:
    """Tell whether a write may follow the statement that calls `mark()` in a function."""
    text = HEADER + textwrap.dedent(code)
    model = semantic_model({"models.py": MODELS, "snippet.py": text})
    start = text.encode().index(b"mark()")
    for record in model.all_records():
        if record.symbol is not None and record.symbol.name == function:
            return model.write_follows(record, start)
    raise AssertionError("no such function")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("mark()\nsession.commit()", True),
        ("session.commit()\nmark()", False),
        ("session.query(Video).all()\nmark()\nsession.query(Video).all()", False),
        ("mark()\nsession.add(Video())", True),
        ("mark()\nif flag:\n    session.flush()", True),
        ("if flag:\n    mark()\nelse:\n    session.commit()", False),
        ("if flag:\n    mark()\nelse:\n    pass\nsession.commit()", True),
        ("mark()\nif flag:\n    return\nsession.commit()", True),
        ("if flag:\n    mark()\n    return\nsession.commit()", False),
        ("if flag:\n    mark()\n    raise ValueError\nsession.commit()", False),
        ("mark()\nreturn session.merge(Video())", True),
        ("for item in items:\n    session.commit()\n    mark()", True),
        ("for item in items:\n    mark()\nsession.commit()", True),
        ("for item in items:\n    session.commit()\n    mark()\n    break", False),
        ("for item in items:\n    if item:\n        mark()\n        continue\n    session.commit()", True),
        ("for item in items:\n    session.commit()\nelse:\n    mark()", False),
        ("for item in items:\n    mark()\n    break\nelse:\n    session.commit()", False),
        ("for item in items:\n    mark()\nelse:\n    session.commit()", True),
        ("while flag:\n    mark()\n    flag = session.commit()", True),
        ("while session.commit():\n    mark()", True),
        ("while True:\n    for item in items:\n        mark()\n        break\n    session.commit()", True),
        ("try:\n    mark()\nfinally:\n    session.commit()", True),
        ("try:\n    mark()\n    return\nfinally:\n    session.commit()", True),
        ("try:\n    mark()\nexcept ValueError:\n    session.commit()", True),
        ("try:\n    pass\nexcept ValueError:\n    mark()\nelse:\n    session.commit()", False),
        ("try:\n    mark()\nexcept ValueError:\n    pass\nelse:\n    session.commit()", True),
        ("try:\n    session.commit()\nexcept ValueError:\n    mark()\n    raise", False),
        ("with session.begin():\n    mark()", True),
        ("with session.begin():\n    mark()\n    return", True),
        ("with session.begin():\n    pass\nmark()", False),
        ("with Session() as other, other.begin():\n    mark()", True),
        ("with sessionmaker().begin() as other:\n    mark()", True),
        ("with session.begin_nested():\n    mark()", False),
        ("with session.no_autoflush:\n    mark()\nsession.commit()", True),
        ("match flag:\n    case 1:\n        mark()\n    case 2:\n        session.commit()", False),
        ("match flag:\n    case 1:\n        mark()\nsession.commit()", True),
        ("x = [session.commit() for _ in items if mark()]", False),
        ("mark()\nx = lambda: session.commit()", True),
        ("mark()\ndef inner():\n    session.commit()", False),
        ("mark()\ndef inner():\n    session.commit()\ninner()", True),
    ],
)
def test_in_one_function(body: str, expected: bool) -> None:
    code = "def use(session: Session, flag, items):\n" + textwrap.indent(body, "    ") + "\n"
    assert follows(code) is expected


def test_a_callee_that_is_handed_the_session_writes() -> None:
    code = """
    def save(db, video):
        deeper(db, video)

    def deeper(db, video):
        db.add(video)
        db.commit()

    def use(session: Session):
        mark()
        save(session, Video())
    """
    assert follows(code)


def test_a_callee_that_is_handed_nothing_does_not_count() -> None:
    code = """
    def save():
        Session().commit()

    def use(session: Session):
        mark()
        save()
    """
    assert not follows(code)


def test_callees_in_a_circle() -> None:
    code = """
    def ping(db, n):
        return pong(db, n - 1)

    def pong(db, n):
        if n:
            return ping(db, n - 1)
        db.commit()

    def use(session: Session):
        mark()
        ping(session, 3)
    """
    assert follows(code)


def test_a_method_of_the_same_object_writes() -> None:
    code = """
    class Service:
        def __init__(self, session: Session):
            self.session = session

        def save(self):
            self.session.commit()

        def use(self):
            mark()
            self.save()
    """
    assert follows(code)


def test_a_caller_writes_after_the_call() -> None:
    code = """
    def use(video: Video):
        mark()

    def between(session: Session):
        use(session.get(Video, 1))

    def top(session: Session):
        between(session)
        session.commit()
    """
    assert follows(code)


def test_a_caller_that_wrote_before_the_call_does_not_count() -> None:
    code = """
    def use(video: Video):
        mark()

    def top(session: Session):
        session.commit()
        use(session.get(Video, 1))
    """
    assert not follows(code)


def test_callers_in_a_circle() -> None:
    code = """
    def use(video: Video):
        mark()
        other(video)

    def other(video):
        use(video)
    """
    assert not follows(code)
