"""Real projects whose migrations are run: where they are, and what running them needs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Project:
    """One history of revisions of a project. Paths are relative to the project's folder."""

    script_location: str
    requirements: tuple[str, ...] = ()
    paths: tuple[str, ...] = (".",)
    version_locations: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ("postgresql",)
    setup: str = ""  # Python run before migrating
    stand_ins: tuple[str, ...] = ()  # modules that only move data, and need not be installed
    naming_convention: dict[str, str] = field(default_factory=dict)
    batch: bool = False
    ini: str = ""
    section: str = ""
    own_environment: bool = False  # run the project's own env.py
    environment: dict[str, str] = field(default_factory=dict)  # of the process; `{url}` is filled in
    left_out: tuple[str, ...] = ()  # tables that something else than a revision makes
    only: str = ""  # read this folder only


_PREFECT = {
    "ix": "ix_%(table_name)s__%(column_0_N_name)s",
    "uq": "uq_%(table_name)s__%(column_0_N_name)s",
    "ck": "ck_%(table_name)s__%(constraint_name)s",
    "fk": "fk_%(table_name)s__%(column_0_N_name)s__%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

PROJECTS: dict[str, tuple[Project, ...]] = {
    "SuperAGI": (Project("migrations"),),
    "dstack": (
        Project(
            "src/dstack/_internal/server/migrations",
            ("dstack[server]", "asyncpg", "alembic-postgresql-enum"),
            ini="src/dstack/_internal/server/alembic.ini",
            paths=("src",),
            setup="import alembic_postgresql_enum",
            dialects=("postgresql", "sqlite"),
            batch=True,
        ),
    ),
    "full-stack-fastapi-template": (Project("backend/app/alembic", ("sqlmodel",), paths=("backend",)),),
    "keep": (
        Project(
            "keep/api/models/db/migrations",
            (
                *("sqlmodel==0.0.22", "pydantic<2", "sqlalchemy-utils<0.42", "sqlalchemy<2.1", "pyyaml", "fastapi"),
                *("retry2", "python-dotenv<0.22", "pytz", "pymysql", "cloud-sql-python-connector", "starlette"),
            ),
            dialects=("postgresql", "sqlite"),
            stand_ins=("keep.parser", "keep.parser.parser"),
        ),
    ),
    "lms": (
        Project(
            "lms/migrations",
            ("sqlalchemy<2",),  # one revision names a column twice
            environment={"REGION_CODE": "us"},
            naming_convention={
                "ix": "ix__%(column_0_label)s",
                "uq": "uq__%(table_name)s__%(column_0_name)s",
                "ck": "ck__%(table_name)s__%(constraint_name)s",
                "fk": "fk__%(table_name)s__%(column_0_name)s__%(referred_table_name)s",
                "pk": "pk__%(table_name)s",
            },
        ),
    ),
    "mealie": (
        Project(
            "alembic",
            ("pydantic", "pydantic-settings", "python-slugify", "text-unidecode", "python-dateutil"),
            dialects=("postgresql", "sqlite"),
            batch=True,
            stand_ins=("mealie.core.config", "mealie.core.root_logger"),
        ),
    ),
    "microblog": (Project("migrations", dialects=("postgresql", "sqlite"), batch=True),),
    "mlflow": (
        Project(
            "mlflow/store/db_migrations",
            ("mlflow",),
            setup="from mlflow.store.tracking.dbmodels.initial_models import Base; Base.metadata.create_all(engine)",
        ),
    ),
    "optuna": (
        Project(
            "optuna/storages/_rdb/alembic",
            ("numpy", "scipy", "tqdm", "colorlog", "PyYAML", "packaging"),
            dialects=("postgresql", "sqlite"),
            batch=True,
        ),
    ),
    "prefect": (
        Project(
            "src/prefect/server/database/_migrations",
            ("prefect",),
            version_locations=("src/prefect/server/database/_migrations/versions/postgresql",),
            naming_convention=_PREFECT,
        ),
        Project(
            "src/prefect/server/database/_migrations",
            ("prefect",),
            version_locations=("src/prefect/server/database/_migrations/versions/sqlite",),
            naming_convention=_PREFECT,
            dialects=("sqlite",),
            batch=True,
        ),
    ),
    "romm": (
        Project(
            "backend/alembic",
            ("pydantic", "mutagen"),
            paths=("backend",),
            stand_ins=(
                "config",
                "config.config_manager",
                "handler",
                "handler.metadata",
                "handler.metadata.base_handler",
                "handler.metadata.ss_handler",
                "logger",
                "logger.logger",
                "models",
                "models.firmware",
                "models.platform",
                "models.rom",
            ),
            setup="import config, models.rom, models.platform; config.ROMM_DB_DRIVER = 'postgresql'; "
            "import types; import handler.metadata.base_handler as b; b.UniversalPlatformSlug = type('U', (type,), "
            "{'__getattr__': lambda c, n: types.SimpleNamespace(value=n.lower())})('U', (), {}); "
            "config.RESOURCES_BASE_PATH = config.ASSETS_BASE_PATH = '/nonexistent'; "
            "models.rom.NAME_SORT_KEY_MAX_LENGTH = 500; models.platform.DEFAULT_COVER_ASPECT_RATIO = '2 / 3'",
        ),
    ),
    "warehouse": (
        Project(
            "warehouse/migrations",
            ("alembic-postgresql-enum", "packaging"),
            stand_ins=("warehouse.utils.db.query_printer",),
            setup="import alembic_postgresql_enum",
        ),
    ),
    "securedrop": (
        Project(
            "securedrop/alembic",
            ("sqlalchemy<2", "argon2-cffi"),
            paths=("securedrop",),
            dialects=("sqlite",),
            batch=True,
            stand_ins=(
                *("encryption", "journalist_app", "journalist_app.create_app", "models", "passphrases"),
                *("pretty_bad_protocol", "redwood", "sdconfig", "store", "two_factor", "worker"),
            ),
        ),
    ),
    "wandr": (Project("backend/alembic", paths=("backend",)),),
}
