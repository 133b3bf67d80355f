"""Completion in half-typed lines: what is offered where `|` stands, without a client."""

from __future__ import annotations

import pytest

from ormlint.lsp.completions import Place, completions
from ormlint.lsp.session import Session

MODELS = """\
import enum

from sqlalchemy import Column, Enum, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Status(enum.Enum):
    PENDING = "waiting"
    DONE = "done"


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    email = Column(String, nullable=False)


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column(String(50), nullable=False)
    status = Column(Enum(Status), default=Status.PENDING)
    kind = Column(Enum("film", "clip", name="kind"))
    owner_id = Column(ForeignKey("user.id"))
    owner = relationship(User)

    def shout(self):
        return self
"""
# What is typed replaces the mark, a line of its own, in each of these places.
SERVICE = """\
from sqlalchemy import select

from models import User, Video


def one(session):
    video = session.get(Video, 1)
    videos = session.scalars(select(Video)).all()
    user: User = video.owner
    §
    return video


class Repository:
    def __init__(self, video: Video):
        self.video = video

    async def two(self, session):
        user = await session.get(User, 1)
        if user:
            §
        else:
            return None
"""
OTHER = "from models import Status\n"
VIDEO = {"id", "title", "status", "kind", "owner_id", "owner", "shout"}
USER = {"id", "email"}
MEMBERS = ["Status.PENDING", "Status.DONE"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("shop").resolve()
    (folder / "pyproject.toml").write_text("[tool.ormlint]\n")
    (folder / "models.py").write_text(MODELS)
    (folder / "other.py").write_text(OTHER)
    (folder / "service.py").write_text(SERVICE.replace("§", "pass"))
    loaded = Session.load(folder)
    loaded.check()
    return loaded


def offered(session: Session, text: str, path: str = "service.py") -> list[str]:
    before, _, after = text.partition("|")
    assert session.state is not None
    return [item.label for item in completions(session.state, Place(path, before, after, "utf-16"))]


def typed(line: str, where: int = 0) -> str:
    """Return the service with a line at its first or second mark."""
    parts = SERVICE.split("§")
    return parts[0] + (line + parts[1] + "pass" if where == 0 else "pass" + parts[1] + line) + parts[2]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("video.|", VIDEO),
        ("video.ti|", VIDEO),
        ("video.ti|tle = 1", VIDEO),
        ("print(video.|", VIDEO),
        ("print(video.|)", VIDEO),
        ("print(video.|, 1)", VIDEO),
        ("x = [video.|", VIDEO),
        ("x = {'a': video.|", VIDEO),
        ("return video.|", VIDEO),
        ("if video.|", VIDEO),
        ("if video.|:", VIDEO),
        ("while not video.|", VIDEO),
        ("for x in video.|", VIDEO),
        ("with open(video.|", VIDEO),
        ("video.owner.|", USER),
        ("user.|", USER),
        ("videos[0].|", VIDEO),
        ("session.get(Video, 1).|", VIDEO),
        ("(video).owner.|", USER),
        ("x = [v.| for v in videos]", VIDEO),
        ("x = sorted(videos, key=lambda v: v.|)", None),
        ("if isinstance(user, User) and user.|", USER),
        ("f(video.title, video.|", VIDEO),
        ("x = (\n        video.|\n    )", VIDEO),
        ("Video.|", VIDEO),
        ("select(Video).where(Video.|", VIDEO),
        ("session.|", set()),
        ("1.|", set()),
        ('"text".|', set()),
        ("# video.|", set()),
    ],
)
def test_attributes(session: Session, line: str, names: set[str] | None) -> None:
    found = set(offered(session, typed(line)))
    assert found == names if names is not None else found in (set(), VIDEO)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("user.|", USER),
        ("self.video.|", VIDEO),
        ("self.video.owner.|", USER),
        ("if self.video.|", VIDEO),
        ("await session.delete(user.|", USER),
    ],
)
def test_attributes_in_a_method(session: Session, line: str, names: set[str]) -> None:
    assert set(offered(session, typed(line, 1))) == names


@pytest.mark.parametrize(
    "line",
    [
        'if video.status == "pe|',
        'if video.status == "pe|"',
        'if video.status == "|":',
        "if video.status == '|",
        "if video.status == |",
        "video.status = |",
        'video.status = "|"',
        'Video(title="a", status="|',
        'Video(title="a", status="|")',
        "Video(status=|",
        "Video(status=|, title='x')",
        'select(Video).where(Video.status == "|',
        'select(Video).where(Video.status == "|").order_by(Video.id)',
        'select(Video).where(Video.status.in_(["|',
        'select(Video).filter_by(status="|',
        'session.query(Video).filter(Video.status != "|")',
        "x = (\n        select(Video)\n        .where(Video.status == '|')\n    )",
    ],
)
def test_members_of_an_enum(session: Session, line: str) -> None:
    assert offered(session, typed(line)) == MEMBERS


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ('video.kind = "|', ["film", "clip"]),
        ('Video(kind="f|")', ["film", "clip"]),
        ("video.kind = |", ['"film"', '"clip"']),
        ('video.title = "|', []),
        ('print("|")', []),
        ('print("status == |")', []),
        ('x = """video.kind = "|', []),
        ('x = f"{video.kind == "|', []),
    ],
)
def test_labels_of_an_enum_without_a_class(session: Session, line: str, labels: list[str]) -> None:
    assert offered(session, typed(line)) == labels


def test_a_member_stands_in_place_of_the_string(session: Session) -> None:
    before, _, after = typed('if video.status == "pe|":').partition("|")
    assert session.state is not None
    item = completions(session.state, Place("service.py", before, after, "utf-16"))[0]
    assert item.text_edit is not None and item.filter_text == '"PENDING waiting'
    lines = f"{before}{after}".split("\n")
    where = item.text_edit.range
    line = lines[where.start.line]
    after_it = line[: where.start.character] + item.text_edit.new_text + line[where.end.character :]
    assert after_it == "    if video.status == Status.PENDING:"
    (imported,) = item.additional_text_edits or ()
    assert (imported.new_text, imported.range.start.line) == ("from models import Status\n", 3)


def test_a_class_that_is_imported_is_written_as_it_is(session: Session) -> None:
    text = typed('if video.status == "|"').replace("import User", "import Status as S, User")
    session.set_buffer("service.py", text.replace("|", ""))
    try:
        session.check()
        assert offered(session, text) == ["S.PENDING", "S.DONE"]
        text = text.replace("from models import Status as S,", "import models\nfrom models import")
        session.set_buffer("service.py", text.replace("|", ""))
        session.check()
        assert offered(session, text) == ["models.Status.PENDING", "models.Status.DONE"]
    finally:
        session.set_buffer("service.py", None)
        session.check()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Video(|", ["id=", "title=", "status=", "kind=", "owner_id=", "owner="]),
        ("Video(title='x', ow|", ["id=", "status=", "kind=", "owner_id=", "owner="]),
        ("print(Video(|", ["id=", "title=", "status=", "kind=", "owner_id=", "owner="]),
        ("if Video(\n        title=f(1, 2),\n        |\n    )", ["id=", "status=", "kind=", "owner_id=", "owner="]),
        ("Video(title=|", []),
        ("f(|", []),
    ],
)
def test_keywords(session: Session, line: str, names: list[str]) -> None:
    assert offered(session, typed(line)) == names


def test_the_top_level_of_a_file(session: Session) -> None:
    assert set(offered(session, "from models import Video\nvideo = Video()\nvideo.|\n")) == VIDEO
    session.set_buffer("service.py", "import models\n\nmodels.Status\n")
    session.check()
    assert offered(session, "import models\n\nmodels.Status.|\n") == ["PENDING", "DONE"]
    session.set_buffer("service.py", None)
    session.check()


def test_asking_leaves_nothing_behind(session: Session) -> None:
    state = session.state
    assert state is not None
    model = state.analysis.model
    lines = ("video.|", "def new():\n        return video.|", 'Video(status="|')
    for line in lines:  # what the file's own functions answer is worked out when it is first asked
        offered(session, typed(line))
    sizes = [len(kept) for kept in (model.records, model.solver.final, model.module_records)]
    for line in lines:
        offered(session, typed(line))
    assert [len(kept) for kept in (model.records, model.solver.final, model.module_records)] == sizes
