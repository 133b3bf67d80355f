"""Seeded faults: which places are chosen, that a fault is found or its reason told, and that nothing stays changed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from ormlint.checker.analysis import Analysis, analyse
from ormlint.checker.result import Statistics
from ormlint.dev import seed
from ormlint.dev.seeding.judge import IndexJudge, RuntimeJudge
from ormlint.dev.seeding.planting import Planter
from ormlint.dev.seeding.sites import Site, SiteFinder
from ormlint.text import decode_source

MODELS = """
import enum
from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Status(enum.Enum):
    DONE = "done"
    OPEN = "open"


class Base(DeclarativeBase):
    pass


class Video(Base):
    __tablename__ = "videos"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    duration_ms: Mapped[int]
    state: Mapped[Status] = mapped_column(Enum(Status))


class Taking(Base):
    __tablename__ = "taking"
    id: Mapped[int] = mapped_column(primary_key=True)
    frame_rate: Mapped[int]

    def __init__(self, **kwargs: object) -> None:
        self.frame_rate = 1
"""

SERVICE = """
from models import Status, Taking, Video


class Form:
    title: str


def make(session):
    video = Video(title="x", state=Status.DONE)
    Taking(frame_rate=1)
    session.add(video)
    session.commit()


def load(session, anything):
    for video in session.query(Video).filter(Video.state == Status.OPEN):
        video.duration_ms = 3
        if video.state == Status.DONE:
            session.commit()
    return anything.duration_ms, anything.title


def find(session, request):
    try:
        session.query(Video).filter_by(duration_ms=3).where(Video.state.in_([Status.OPEN]))
        return request.duration_ms
    except LookupError as error:
        return error.duration_ms
"""


def project() -> Analysis:
    files = {"models.py": MODELS, "service.py": SERVICE}
    return analyse({path: decode_source(text.encode()) for path, text in files.items()}, Statistics())


def sites(analysis: Analysis, judge: IndexJudge | None = None) -> list[Site]:
    return list(SiteFinder(analysis.index, judge or IndexJudge(analysis.index)).sites())


def spelled(site: Site) -> tuple[str, str]:
    return site.kind, site.text


def test_places_are_chosen_by_spelling() -> None:
    found = [spelled(site) for site in sites(project()) if site.module.path == "service.py"]
    assert found == [
        ("constructor", "seeded_title"),
        ("constructor", "seeded_state"),
        ("enum value", "'done'"),
        ("enum wrong string", "'seeded wrong label'"),
        ("class attribute", "seeded_state"),
        ("enum value", "'open'"),
        ("enum wrong string", "'seeded wrong label'"),
        ("attribute store", "seeded_duration_ms"),
        ("attribute read", "seeded_state"),
        ("enum value", "'done'"),
        ("enum wrong string", "'seeded wrong label'"),
        ("attribute read", "seeded_duration_ms"),  # on whatever it is: inference is not asked
        ("filter_by", "seeded_duration_ms"),
        ("class attribute", "seeded_state"),
        ("enum value", "'open'"),
        ("enum wrong string", "'seeded wrong label'"),
    ]  # `title` is a name of Python's own strings, `Taking` takes any keyword


def test_faults_are_found_or_explained() -> None:
    analysis = project()
    before = [len(record.events) for record in analysis.model.all_records()]
    planter = Planter(analysis)
    outcomes = [planter.plant(site) for site in sites(analysis) if site.module.path == "service.py"]
    assert [item.code for item in outcomes] == [
        *("ORM201", "ORM201", "ORM302", "ORM302"),
        *("ORM203", "ORM302", "ORM302"),
        *("ORM202", "ORM203", "ORM303", "ORM303", None),
        *("ORM204", "ORM203", "ORM302", "ORM302"),
    ]
    assert outcomes[11].known == "Unknown(parameter `anything` has no annotation)"
    assert [len(record.events) for record in analysis.model.all_records()] == before


def test_the_imported_mappers_judge(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    analysis = project()
    judge = RuntimeJudge(analysis.index, sys.executable, ["models"], tmp_path)
    video = analysis.index.by_name["Video"][0]
    assert judge.rejects_keyword(video, "seeded_title")
    assert not judge.rejects_keyword(video, "title")
    assert judge.lacks(video, "seeded_title")
    assert not judge.lacks(video, "title")
    assert not judge.rejects_keyword(analysis.index.by_name["Taking"][0], "seeded_frame_rate")
    assert [spelled(site) for site in sites(analysis, judge)] == [spelled(site) for site in sites(analysis)]
    with pytest.raises(RuntimeError, match="cannot be imported"):
        RuntimeJudge(analysis.index, sys.executable, ["no_such_module"], tmp_path)


def test_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "service.py").write_text(SERVICE)
    parser = argparse.ArgumentParser()
    seed.add_arguments(parser)
    assert seed.run(parser.parse_args([str(tmp_path), "--sites", "2", "--missed"])) == 0
    first = capsys.readouterr().out.split("\n", 1)[1]
    assert f"| {tmp_path.name} | constructor | 2 | 2 | 100% | 0 | 0 | ORM201 2 |" in first
    assert seed.run(parser.parse_args([str(tmp_path), "--sites", "2", "--missed"])) == 0
    assert capsys.readouterr().out.split("\n", 1)[1] == first
