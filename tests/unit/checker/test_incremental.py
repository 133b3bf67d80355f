"""A run after a change finds what a run from nothing finds, and works out no more than it has to."""

from __future__ import annotations

import random

import pytest

from ormlint.checker.engine import check_again
from ormlint.checker.kept import Kept, decode_kept, encode_kept
from ormlint.checker.reading import FactsInMemory
from ormlint.checker.result import CheckResult
from ormlint.dev.again import Editor, Law
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText

PROJECT = {
    "app/__init__.py": "",
    "app/base.py": """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Stamped:
    note: Mapped[str] = mapped_column(default="")
""",
    "app/states.py": """
import enum

class State(str, enum.Enum):
    OPEN = "open"
    CLOSED = "closed"
""",
    "app/models/__init__.py": """
from app.models.order import Order
from app.models.user import User
""",
    "app/models/user.py": """
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base import Base, Stamped

class User(Stamped, Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    orders: Mapped[list["Order"]] = relationship(back_populates="user")

    def first_order(self):
        return self.orders[0]
""",
    "app/models/order.py": """
from sqlalchemy import Enum, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base import Base
from app.states import State

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Enum(State))
    total: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship(back_populates="orders")
""",
    "app/repo.py": """
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Order, User

class Repo:
    def __init__(self, session: Session):
        self.session = session

    def user(self, key):
        return self.session.get(User, key)

    def orders(self, user: User):
        return self.session.scalars(select(Order).where(Order.user_id == user.id)).all()

def touch(order):
    order.total = 1
    order.totall = 2
""",
    "app/services.py": """
from sqlalchemy.orm import Session

from app.models import Order, User
from app.repo import Repo, touch

def rename(session: Session):
    repo = Repo(session)
    user = repo.user(1)
    user.nmae = "x"
    for order in repo.orders(user):
        order.status = "open"
        touch(order)
    session.commit()

def close(session: Session):
    order = session.get(Order, 1)
    order.state = "clsed"
    return Order(totl=3)

def first(session: Session):
    user = session.get(User, 1)
    return user.first_order().stat
""",
    "app/reports.py": """
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models.user import User

def names(session: Session):
    session.execute(text("select nme from users"))
    return [user.nam for user in session.query(User).all()]
""",
    "app/plain.py": """
def add(one, other):
    return one + other
""",
    "tests/conftest.py": """
import pytest

from app.models import User

@pytest.fixture
def user():
    return User(name="a")
""",
    "tests/test_user.py": """
def test_name(user):
    assert user.nme == "a"
""",
    "migrations/versions/a1.py": """
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None

def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))
""",
}
SETTINGS = Settings(cli_select=("ALL",), preview=True)


def texts() -> dict[str, bytes]:
    return {path: text.encode() for path, text in PROJECT.items()}


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_random_edits(seed: int, is_live: bool) -> None:
    law = Law(SETTINGS, {}, is_live)
    editor = Editor(texts(), random.Random(seed))
    for number in range(15):
        what = editor.edit() if number else "from nothing"
        assert law.broken(editor.texts) == [], f"edit {number}: {what}"


class Project:
    """A project that is checked again after each change."""

    def __init__(self) -> None:
        self.texts = texts()
        self.store = FactsInMemory()
        self.kept: Kept | None = None
        self.check()

    def check(self) -> CheckResult:
        files: dict[str, SourceText | SourceError] = {
            path: SourceText(text) for path, text in sorted(self.texts.items())
        }
        result, kept, _ = check_again(files, SETTINGS, self.kept, store=self.store)
        data = encode_kept(kept)
        assert data is not None
        self.kept = decode_kept(data)
        return result

    def change(self, path: str, old: str, new: str) -> list[str]:
        """Replace text in a file; return the files whose bodies were interpreted."""
        text = self.texts[path].decode()
        assert old in text
        self.texts[path] = text.replace(old, new).encode()
        return self.check().statistics.interpreted


def test_nothing_changed_interprets_nothing() -> None:
    project = Project()
    result = project.check()
    assert result.statistics.interpreted == [] and result.statistics.asked == []
    assert {item.code for item in result.diagnostics} >= {"ORM201", "ORM202"}


def test_a_body_that_says_nothing_else_is_interpreted_alone() -> None:
    project = Project()
    assert project.change("app/plain.py", "return one + other", "return (one + other) * 2") == ["app/plain.py"]
    found = project.change("app/repo.py", "return self.session.get", "print()\n        return self.session.get")
    assert found == ["app/repo.py"]


def test_a_function_that_returns_something_else_takes_its_callers_along() -> None:
    project = Project()
    found = project.change("app/models/user.py", "return self.orders[0]", "return self")
    assert "app/services.py" in found and not {"app/repo.py", "app/plain.py", "tests/conftest.py"} & set(found)


def test_a_model_takes_along_what_consulted_it() -> None:
    project = Project()
    found = project.change("app/models/order.py", "total: Mapped[int] = mapped_column(default=0)", "sum: Mapped[int]")
    assert "app/services.py" in found
    assert not {"app/plain.py", "app/base.py", "tests/test_user.py"} & set(found)


def test_an_enum_takes_along_the_models_that_use_it() -> None:
    project = Project()
    before = [item.message for item in project.check().diagnostics if "clsed" in item.message]
    assert before
    found = project.change("app/states.py", 'CLOSED = "closed"', 'CLOSED = "closed"\n    CLSED = "clsed"')
    assert "app/services.py" in found and "app/plain.py" not in found


def test_a_moved_column_moves_the_places_that_findings_show() -> None:
    project = Project()
    project.change("app/models/user.py", "class User", "# moved\n\n\nclass User")
    again = project.check()
    project.kept = None
    assert project.check().diagnostics == again.diagnostics


def test_what_calls_tell_of_parameters_is_kept() -> None:
    project = Project()
    assert any("totall" in item.message for item in project.check().diagnostics)
    found = project.change("app/services.py", "touch(order)", "touch(1)")
    assert "app/repo.py" in found
    assert not any("totall" in item.message for item in project.check().diagnostics)


def test_what_was_linked_is_linked_again_after_the_edit_of_a_body() -> None:
    """Classes made by functions of other files, attributes set elsewhere, events: all that has a part in a model."""
    project = Project()
    project.texts.update(
        {
            "app/makers.py": b"def make(name, base):\n    return type(name, (base,), {'__tablename__': name.lower()})\n",
            "app/made.py": (
                b"from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\n"
                b"from app.makers import make\nclass MadeBase(DeclarativeBase):\n    pass\n"
                b"class Mixed(MadeBase):\n    __abstract__ = True\n    id = Column(Integer, primary_key=True)\n"
                b"Tag = make('Tag', Mixed)\n"
            ),
            "app/attached.py": (
                b"from sqlalchemy import Column, Integer\nfrom app.models.user import User\nUser.age = Column(Integer)\n"
            ),
            "app/uses.py": (
                b"from app.made import Tag\nfrom app.models.user import User\n"
                b"def use():\n    return Tag(nme=1), User(age=1)\n"
            ),
        }
    )
    project.check()
    project.texts["app/uses.py"] = project.texts["app/uses.py"].replace(
        b"    return Tag(nme=1)", b"    return Tag(nme=2)"
    )
    again = project.check().diagnostics
    project.kept = None
    assert again == project.check().diagnostics
    said = [item.message for item in again if item.path == "app/uses.py"]
    assert any("`Tag`" in message for message in said) and not any("age" in message for message in said)
