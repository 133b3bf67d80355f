"""Models against migrations: histories of real projects retold, what env.py is for, what is left unsaid."""

from __future__ import annotations

import textwrap

from ormlint.checker.engine import check_project
from ormlint.settings import Settings
from ormlint.text import decode_source

HEAD = "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n"
BASE = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


"""


def revision(key: str, parent: str | None, upgrade: str) -> str:
    body = textwrap.indent(textwrap.dedent(upgrade).strip(), "    ")
    return f"{HEAD}\nrevision = {key!r}\ndown_revision = {parent!r}\n\n\ndef upgrade():\n{body}\n"


def found(files: dict[str, str], *select: str, **settings: object) -> list[str]:
    sources = {path: decode_source(textwrap.dedent(text).encode()) for path, text in files.items()}
    chosen = Settings(preview=True, select=select or ("ORM9",), **settings)  # type: ignore[arg-type]
    return [
        f"{item.code} {item.path.rpartition('/')[2]}:{item.start.row} {item.symbol}"
        for item in check_project(sources, chosen).diagnostics
    ]


# -- a video platform: the service writes columns that only the migration has, and old columns stay NOT NULL

VIDEO_MODELS = """\
from datetime import datetime

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "videos"
    id = Column(Integer, primary_key=True)
    file_path = Column(String(500), nullable=True)  # kept for old rows
    recorded_at = Column(DateTime, nullable=True)
    processed = Column(Boolean, nullable=False, default=False)


class Job(Base):
    __tablename__ = "processing_jobs"
    id = Column(Integer, primary_key=True)
    video_id = Column(Integer, ForeignKey("videos.id"), nullable=False)
    queued_at = Column(DateTime, nullable=False, default=datetime.utcnow)
"""
VIDEO_REVISIONS = {
    "alembic/versions/839_initial.py": revision(
        "839",
        None,
        """
        op.create_table(
            "videos",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("file_path", sa.String(length=500), nullable=False),
            sa.Column("processed", sa.Boolean(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
        )
        """,
    ),
    "alembic/versions/002_video_management.py": revision(
        "002",
        "839",
        """
        op.add_column("videos", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
        op.create_table(
            "processing_jobs",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("video_id", sa.Integer(), sa.ForeignKey("videos.id"), nullable=False),
            sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("NOW()")),
        )
        """,
    ),
    "alembic/versions/c71_cv_fields.py": revision(
        "c71",
        "002",
        """
        inspector = sa.inspect(op.get_bind())
        existing = [column["name"] for column in inspector.get_columns("videos")]
        if "cv_processed" not in existing:
            op.add_column("videos", sa.Column("cv_processed", sa.Boolean(), nullable=False, server_default="false"))
        if "tracklets" not in inspector.get_table_names():
            op.create_table("tracklets", sa.Column("id", sa.Integer(), primary_key=True))
        """,
    ),
}


def test_a_video_platform() -> None:
    files = {"app/models.py": VIDEO_MODELS, **VIDEO_REVISIONS}
    assert found(files) == [
        "ORM904 models.py:12 Video.file_path",
        "ORM906 models.py:13 Video.recorded_at",
        "ORM905 models.py:21 Job.queued_at",
        "ORM906 models.py:21 Job.queued_at",
    ]
    leftovers = {"rules": {"migrated-column-without-model": {"leftovers": True}}}
    assert found(files, "ORM903", **leftovers) == [
        "ORM903 c71_cv_fields.py:15 tracklets",
        "ORM903 models.py:9 videos.cv_processed",
    ]


def test_a_video_platform_before_the_column_is_migrated() -> None:
    models = VIDEO_MODELS.replace("    processed =", "    checksum = Column(String(64))\n    processed =")
    assert "ORM902 models.py:14 Video.checksum" in found({"app/models.py": models, **VIDEO_REVISIONS})


# -- an assistant: types made in SQL by their values, models that store names

AUTOMATION = """\
import enum

from sqlalchemy import Column, Enum, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Status(str, enum.Enum):
    ACTIVE = "active"
    PAUSED = "paused"


class Automation(Base):
    __tablename__ = "automations"
    id = Column(Integer, primary_key=True)
    status = Column(Enum(Status, name="automation_status"{arguments}), nullable=False)
"""
AUTOMATION_REVISION = {
    "alembic/versions/144.py": revision(
        "144",
        None,
        '''
        op.execute(
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'automation_status') THEN
                    CREATE TYPE automation_status AS ENUM ('active', 'paused');
                END IF;
            END $$;
            """
        )
        op.execute(
            """
            CREATE TABLE IF NOT EXISTS automations (
                id SERIAL PRIMARY KEY,
                status automation_status NOT NULL DEFAULT 'active'
            );
            """
        )
        ''',
    )
}


def test_an_assistant_stores_names_where_the_type_has_values() -> None:
    before = {"app/models.py": AUTOMATION.format(arguments=""), **AUTOMATION_REVISION}
    after = AUTOMATION.format(arguments=", values_callable=lambda cls: [member.value for member in cls]")
    assert found(before) == ["ORM907 models.py:17 Automation.status"]
    assert found({"app/models.py": after, **AUTOMATION_REVISION}) == []


# -- a game library: the "fix" writes the values into the migration, the model goes on storing names

DEVICE = """\
import enum

from sqlalchemy import Enum, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class SyncMode(enum.StrEnum):
    API = "api"
    PUSH_PULL = "push_pull"


class Device(Base):
    __tablename__ = "devices"
    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    sync_mode: Mapped[SyncMode] = mapped_column(Enum(SyncMode), default=SyncMode.API)
"""


def device_revision(labels: str) -> dict[str, str]:
    upgrade = f"""
    op.create_table(
        "devices",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("sync_mode", sa.Enum({labels}, name="syncmode"), nullable=False),
    )
    """
    return {"alembic/versions/0065.py": revision("0065", None, upgrade)}


def test_a_game_library_mends_the_wrong_side() -> None:
    before, after = device_revision('"API", "PUSH_PULL"'), device_revision('"api", "push_pull"')
    assert found({"models/device.py": DEVICE, **before}) == []
    assert found({"models/device.py": DEVICE, **after}) == ["ORM907 device.py:18 Device.sync_mode"]


def test_a_game_library_forgets_a_label_on_one_database() -> None:
    later = """
    if op.get_bind().dialect.name == "postgresql":
        mode = postgresql.ENUM("API", "PUSH_PULL", name="syncmode", create_type=False)
        mode.create(op.get_bind(), checkfirst=True)
    else:
        mode = sa.Enum("API", "PUSH_PULL", name="syncmode")
    with op.batch_alter_table("devices") as batch:
        batch.alter_column("sync_mode", type_=mode)
    """
    files = {"models/device.py": DEVICE, **device_revision('"API"')}
    files["alembic/versions/0067.py"] = revision("0067", "0065", later)
    assert found(files, "ORM907") == ["ORM907 device.py:18 Device.sync_mode"]


# -- which models an environment is for

VIDEO = f"""{BASE}class Video(Base):
    __tablename__ = "videos"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
"""
OTHER = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Other(DeclarativeBase): ...


class Report(Other):
    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
MADE = revision("a1", None, 'op.create_table("films", sa.Column("id", sa.Integer))')
ENV = "from alembic import context\nfrom app.models import Base\n\n{before}context.configure(target_metadata={target}{more})\n"


def env(target: str = "Base.metadata", more: str = "", before: str = "") -> dict[str, str]:
    return {
        "migrations/env.py": ENV.format(target=target, more=more, before=before),
        "migrations/versions/a1.py": MADE,
    }


def test_tables_of_the_target_metadata_are_missed_and_no_others() -> None:
    files = {"app/models.py": VIDEO, "app/other.py": OTHER}
    assert found({**files, **env()}, "ORM901") == ["ORM901 models.py:7 Video"]
    both = env("[Base.metadata, Other.metadata]", before="from app.other import Other\n\n")
    assert found({**files, **both}, "ORM901") == ["ORM901 models.py:7 Video", "ORM901 other.py:7 Report"]


def test_without_a_target_another_table_of_the_metadata_has_to_be_made() -> None:
    files = {"app/models.py": VIDEO, "app/other.py": OTHER, "migrations/versions/a1.py": MADE}
    assert found(files, "ORM901") == []
    assert found({**files, **env("make()")}, "ORM901") == []
    film = (
        VIDEO
        + '\n\nclass Film(Base):\n    __tablename__ = "films"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
    )
    assert found({**files, "app/models.py": film}, "ORM901") == ["ORM901 models.py:7 Video"]


def test_metadata_is_known_by_its_object() -> None:
    models = """\
    from sqlalchemy import Column, Integer, MetaData
    from sqlalchemy.orm import declarative_base

    metadata = MetaData()
    Base = declarative_base(metadata=metadata)


    class Video(Base):
        __tablename__ = "videos"
        id = Column(Integer, primary_key=True)
    """
    for target in ("Base.metadata", "models.metadata", "find()"):
        before = "from app import models\nfrom app.models import find\n\n"
        text = textwrap.dedent(models) + "\n\ndef find():\n    return metadata\n"
        files = {"app/__init__.py": "", "app/models.py": text, **env(target, before=before)}
        assert found(files, "ORM901") == ["ORM901 models.py:8 Video"], target


def test_flask_migrate_is_for_what_flask_sqlalchemy_holds() -> None:
    models = """\
    from flask_sqlalchemy import SQLAlchemy

    db = SQLAlchemy()


    class Video(db.Model):
        id = db.Column(db.Integer, primary_key=True)
    """
    flask = 'from flask import current_app\n\n\ndef get_metadata():\n    return current_app.extensions["migrate"].db.metadata\n\n\n'
    files = {"app/models.py": models, "app/other.py": OTHER, **env("get_metadata()", before=flask)}
    assert found(files, "ORM901") == ["ORM901 models.py:6 Video"]


def test_what_env_leaves_out_is_not_missed() -> None:
    include = """
def include_object(object, name, type_, reflected, compare_to):
    if type_ == "table" and name in ["videos"]:
        return False
    return True


"""
    assert (
        found({"app/models.py": VIDEO, **env(more=", include_object=include_object", before=include)}, "ORM901") == []
    )
    other = include.replace("videos", "reports")
    files = {"app/models.py": VIDEO, **env(more=", include_object=include_object", before=other)}
    assert found(files, "ORM901") == ["ORM901 models.py:7 Video"]
    unknown = include.replace('name in ["videos"]', "object.schema == name")
    files = {"app/models.py": VIDEO, **env(more=", include_object=include_object", before=unknown)}
    assert found(files, "ORM901") == []


def test_an_application_that_calls_create_all_misses_columns_and_no_tables() -> None:
    start = "from app.models import Base\n\n\ndef start(engine):\n    Base.metadata.create_all(engine)\n"
    made = revision("a1", None, 'op.create_table("videos", sa.Column("id", sa.Integer, primary_key=True))')
    report = (
        VIDEO
        + '\n\nclass Report(Base):\n    __tablename__ = "reports"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
    )
    files = {"app/models.py": report, "app/start.py": start, "migrations/versions/a1.py": made}
    assert found(files) == ["ORM902 models.py:10 Video.title"]
    del files["app/start.py"]
    assert found(files) == ["ORM902 models.py:10 Video.title", "ORM901 models.py:13 Report"]
    files["app/start.py"] = start.replace("Base", "Other").replace("models", "other")
    assert found({**files, "app/other.py": OTHER}, "ORM901") == ["ORM901 models.py:13 Report"]


def test_a_table_of_two_metadatas_is_compared_for_the_target_alone() -> None:
    twin = OTHER.replace("reports", "videos")
    made = revision("a1", None, 'op.create_table("videos", sa.Column("id", sa.Integer, primary_key=True))')
    files = {"app/models.py": VIDEO, "app/other.py": twin + "    size: Mapped[int]\n", **env()}
    files["migrations/versions/a1.py"] = made
    assert found(files) == ["ORM902 models.py:10 Video.title"]
    del files["migrations/env.py"]
    assert found(files) == []  # either may be meant


def test_names_are_cut_as_postgresql_cuts_them() -> None:
    name = "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps"
    models = VIDEO.replace("title", name)
    made = revision(
        "a1",
        None,
        f'op.create_table("videos", sa.Column("id", sa.Integer), sa.Column("{name}", sa.String, nullable=False))',
    )
    assert found({"app/models.py": models, "migrations/versions/a1.py": made}, "ORM902") == []


def test_a_view_is_no_missing_table() -> None:
    made = (
        'op.create_table("films", sa.Column("id", sa.Integer))\nop.execute("CREATE OR REPLACE VIEW videos AS SELECT 1")'
    )
    files = {"app/models.py": VIDEO, **env(), "migrations/versions/a1.py": revision("a1", None, made)}
    assert found(files, "ORM901") == []


def test_a_target_imported_where_it_is_used() -> None:
    text = """\
    from alembic import context


    def run(connection):
        from app.models import {name}

        context.configure(connection=connection, target_metadata={target})
    """
    models = VIDEO + "\n\ndef find():\n    return Base.metadata\n"
    for name, target in (("Base", "Base.metadata"), ("find", "find()")):
        files = {"app/models.py": models, "app/other.py": OTHER, **env()}
        files["migrations/env.py"] = textwrap.dedent(text).format(name=name, target=target)
        assert found(files, "ORM901") == ["ORM901 models.py:7 Video"], target
