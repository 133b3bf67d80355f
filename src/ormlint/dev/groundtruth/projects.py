"""Real projects whose migrations are run: where they are, and what running them needs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Models:
    """How the models of a project are imported. `name.*` in `modules` is a package with all below it."""

    metadata: str  # `module:Base.metadata`
    modules: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    is_apart: bool = False  # what they need does not go with what the migrations need
    stand_ins: tuple[str, ...] = ()  # modules that the models only call
    setup: str = ""  # Python run before
    environment: dict[str, str] = field(default_factory=dict)


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
    branch: str = ""  # the label of the history that is migrated, where there are several
    left_out: tuple[str, ...] = ()  # tables that something else than a revision makes
    only: str = ""  # read this folder only
    models: Models | None = None


_PREFECT = {
    "ix": "ix_%(table_name)s__%(column_0_N_name)s",
    "uq": "uq_%(table_name)s__%(column_0_N_name)s",
    "ck": "ck_%(table_name)s__%(constraint_name)s",
    "fk": "fk_%(table_name)s__%(column_0_N_name)s__%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# A file that the build writes.
_PREFECT_BUILD = (
    "import sys; from unittest.mock import MagicMock; sys.modules['prefect._build_info'] = "
    "MagicMock(__version__='3.0.0', __build_date__='', __git_commit__='', __dirty__=False)"
)

PROJECTS: dict[str, tuple[Project, ...]] = {
    "aiida-core": (
        Project(
            "src/aiida/storage/psql_dos/migrations",
            ("aiida-core",),
            paths=("src",),
            branch="main",
            models=Models("aiida.storage.psql_dos.models.base:Base.metadata", ("aiida.storage.psql_dos.models.*",)),
        ),
    ),
    "SuperAGI": (
        Project(
            "migrations",
            models=Models(
                "superagi.models.base_model:DBBaseModel.metadata",
                ("superagi.models.*",),
                ("pydantic<2", "fastapi<0.100", "sqlalchemy<2.1", "requests", "pyyaml", "psycopg2-binary", "alembic"),
                is_apart=True,
                stand_ins=(
                    *("superagi.config", "superagi.config.config", "superagi.lib", "superagi.lib.logger"),
                    *("superagi.helper", "superagi.helper.encyption_helper", "superagi.helper.tool_helper"),
                    *("superagi.llms", "superagi.llms.openai"),
                ),
            ),
        ),
    ),
    "dstack": (
        Project(
            "src/dstack/_internal/server/migrations",
            ("dstack[server]", "asyncpg", "alembic-postgresql-enum"),
            ini="src/dstack/_internal/server/alembic.ini",
            paths=("src",),
            setup="import alembic_postgresql_enum",
            dialects=("postgresql", "sqlite"),
            batch=True,
            models=Models("dstack._internal.server.models:BaseModel.metadata", ("dstack._internal.server.models",)),
        ),
    ),
    "full-stack-fastapi-template": (
        Project(
            "backend/app/alembic",
            ("sqlmodel",),
            paths=("backend",),
            models=Models("sqlmodel:SQLModel.metadata", ("app.models",), ("pydantic[email]",)),
        ),
    ),
    "keep": (
        Project(
            "keep/api/models/db/migrations",
            (
                *("sqlmodel==0.0.22", "pydantic<2", "sqlalchemy-utils<0.42", "sqlalchemy<2.1", "pyyaml", "fastapi"),
                *("retry2", "python-dotenv<0.22", "pytz", "pymysql", "cloud-sql-python-connector", "starlette"),
            ),
            dialects=("postgresql", "sqlite"),
            stand_ins=("keep.parser", "keep.parser.parser"),
            models=Models(
                "sqlmodel:SQLModel.metadata",
                (
                    *(f"keep.api.models.db.{name}" for name in ("action", "ai_suggestion", "alert", "dashboard")),
                    *(f"keep.api.models.db.{name}" for name in ("extraction", "facet", "incident", "mapping")),
                    *(f"keep.api.models.db.{name}" for name in ("maintenance_window", "preset", "provider", "rule")),
                    *(f"keep.api.models.db.{name}" for name in ("provider_image", "secret", "statistics", "system")),
                    *(f"keep.api.models.db.{name}" for name in ("enrichment_event", "topology", "tenant", "user")),
                    "keep.api.models.db.workflow",
                ),
                stand_ins=("pusher",),
            ),
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
            models=Models(
                "lms.db:Base.metadata",
                ("lms.models",),
                (
                    *("pyramid", "zope.sqlalchemy", "python-dateutil", "psycopg2-binary", "alembic", "sqlalchemy<2.1"),
                    *("marshmallow<4", "webargs", "pyjwt", "requests", "oauthlib", "cryptography"),
                ),
                is_apart=True,
            ),
        ),
    ),
    "mealie": (
        Project(
            "alembic",
            ("pydantic", "pydantic-settings", "python-slugify", "text-unidecode", "python-dateutil"),
            dialects=("postgresql", "sqlite"),
            batch=True,
            stand_ins=("mealie.core.config", "mealie.core.root_logger"),
            models=Models(
                "mealie.db.models._model_base:SqlAlchemyBase.metadata",
                ("mealie.db.models._all_models",),
                stand_ins=("mealie.core", "mealie.core.config", "mealie.core.root_logger"),
            ),
        ),
    ),
    "microblog": (
        Project(
            "migrations",
            dialects=("postgresql", "sqlite"),
            batch=True,
            models=Models(
                "app:db.metadata",
                ("app.models",),
                (
                    *("flask-sqlalchemy", "flask-migrate", "flask-login", "flask-mail", "flask-moment", "flask-babel"),
                    *("elasticsearch", "redis", "rq", "python-dotenv", "pyjwt", "requests"),
                ),
            ),
        ),
    ),
    "mlflow": (
        Project(
            "mlflow/store/db_migrations",
            ("mlflow",),
            setup="from mlflow.store.tracking.dbmodels.initial_models import Base; Base.metadata.create_all(engine)",
            models=Models(
                "mlflow.store.db.base_sql_model:Base.metadata",
                (
                    *("mlflow.store.tracking.dbmodels.models", "mlflow.store.model_registry.dbmodels.models"),
                    "mlflow.store.workspace.dbmodels.models",
                ),
            ),
        ),
    ),
    "optuna": (
        Project(
            "optuna/storages/_rdb/alembic",
            ("numpy", "scipy", "tqdm", "colorlog", "PyYAML", "packaging"),
            dialects=("postgresql", "sqlite"),
            batch=True,
            models=Models("optuna.storages._rdb.models:BaseModel.metadata", ("optuna.storages._rdb.models",)),
        ),
    ),
    "prefect": (
        Project(
            "src/prefect/server/database/_migrations",
            ("prefect",),
            paths=("src",),
            setup=_PREFECT_BUILD,
            version_locations=("src/prefect/server/database/_migrations/versions/postgresql",),
            naming_convention=_PREFECT,
            models=Models(
                "prefect.server.database.orm_models:Base.metadata",
                ("prefect.server.database.orm_models",),
                setup=_PREFECT_BUILD,
            ),
        ),
        Project(
            "src/prefect/server/database/_migrations",
            ("prefect",),
            paths=("src",),
            setup=_PREFECT_BUILD,
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
            models=Models(
                "models.base:BaseModel.metadata",
                ("models.*",),
                ("starlette", "yarl", "python-dotenv", "redis", "rq"),
                stand_ins=(
                    "handler.redis_handler",
                    "handler.auth",
                    "handler.auth.constants",
                    "logger",
                    "logger.logger",
                ),
                environment={"ROMM_DB_DRIVER": "postgresql", "ROMM_AUTH_SECRET_KEY": "only-imported"},
            ),
        ),
    ),
    "warehouse": (
        Project(
            "warehouse/migrations",
            ("alembic-postgresql-enum", "packaging"),
            stand_ins=("warehouse.utils.db.query_printer",),
            setup="import alembic_postgresql_enum",
            models=Models(
                "warehouse.db:metadata",
                (
                    *("warehouse.accounts.models", "warehouse.admin.flags", "warehouse.attestations.models"),
                    *("warehouse.banners.models", "warehouse.classifiers.models", "warehouse.email.ses.models"),
                    *("warehouse.events.models", "warehouse.integrations.vulnerabilities.models"),
                    *("warehouse.ip_addresses.models", "warehouse.macaroons.models", "warehouse.observations.models"),
                    *("warehouse.oidc.models", "warehouse.organizations.models", "warehouse.packaging.models"),
                    *("warehouse.sitemap.models", "warehouse.sponsors.models", "warehouse.subscriptions.models"),
                    *("warehouse.utils.row_counter"),
                ),
                (
                    *("pyramid", "pyramid-retry", "structlog", "venusian", "zope.sqlalchemy", "psycopg[binary]"),
                    *("automat", "github-reserved-names", "pypi-attestations", "sentry-sdk", "ua-parser", "urllib3"),
                    *("pydantic", "psycopg2-binary", "alembic"),
                ),
                stand_ins=("linehaul", "linehaul.ua"),
            ),
        ),
    ),
    "securedrop": (
        Project(
            "securedrop/alembic",
            ("sqlalchemy<1.4", "alembic<1.14", "argon2-cffi"),
            paths=("securedrop",),
            dialects=("sqlite",),
            batch=True,
            stand_ins=(
                *("encryption", "journalist_app", "models", "passphrases"),
                *("pretty_bad_protocol", "redwood", "sdconfig", "store", "two_factor", "worker"),
            ),
        ),
    ),
    "wandr": (
        Project(
            "backend/alembic",
            paths=("backend",),
            models=Models(
                "app.core.database:Base.metadata",
                ("app.models.*",),
                ("pydantic-settings",),
                environment={
                    **dict.fromkeys(("SECRET_KEY", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"), "none"),
                    "DATABASE_URL": "{url}",
                },
            ),
        ),
    ),
    # Wheels, unpacked into folders of these names.
    "apache-airflow": (
        Project(
            "airflow/migrations",
            ("apache-airflow",),
            naming_convention={
                "ix": "idx_%(column_0_N_label)s",
                "uq": "%(table_name)s_%(column_0_N_name)s_uq",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "%(table_name)s_%(column_0_name)s_fkey",
                "pk": "%(table_name)s_pkey",
            },
            models=Models(
                "airflow.models.base:Base.metadata",
                setup="from airflow.models import import_all_models; import_all_models()",
            ),
        ),
    ),
    "argilla-server": (
        Project(
            "argilla_server/alembic",
            ("argilla-server",),
            dialects=("postgresql", "sqlite"),
            batch=True,
            models=Models("argilla_server.models.base:DatabaseModel.metadata", ("argilla_server.models",)),
        ),
    ),
    "arize-phoenix": (
        Project(
            "phoenix/db/migrations",
            ("arize-phoenix",),
            dialects=("postgresql", "sqlite"),
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_`%(constraint_name)s`",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            },
            models=Models("phoenix.db.models:Base.metadata", ("phoenix.db.models",)),
        ),
    ),
    "barbican": (
        Project(
            "barbican/model/migration/alembic_migrations",
            ("barbican",),
            setup="import barbican.model.models",
            models=Models("barbican.model.models:BASE.metadata", ("barbican.model.models",)),
        ),
    ),
    "cinder": (
        Project(
            "cinder/db/migrations",
            ("cinder",),
            models=Models("cinder.db.sqlalchemy.models:BASE.metadata", ("cinder.db.sqlalchemy.models",)),
        ),
    ),
    "glance": (
        Project(
            "glance/db/sqlalchemy/alembic_migrations",
            ("glance",),
            models=Models(
                "glance.db.sqlalchemy.models:BASE.metadata",
                ("glance.db.sqlalchemy.models", "glance.db.sqlalchemy.models_metadef"),
            ),
        ),
    ),
    "keystone": (
        Project(
            "keystone/common/sql/migrations",
            ("keystone",),
            version_locations=tuple(
                f"keystone/common/sql/migrations/versions{folder}"
                for folder in (
                    *("", "/yoga/expand", "/yoga/contract", "/bobcat/expand", "/bobcat/contract"),
                    *("/2024.1/expand", "/2025.2/expand", "/2026.1/expand"),
                )
            ),
            setup="import keystone.conf; keystone.conf.configure()",
            models=Models(
                "keystone.common.sql.core:ModelBase.metadata",
                (
                    *("keystone.assignment.backends.sql", "keystone.catalog.backends.sql"),
                    *("keystone.credential.backends.sql", "keystone.endpoint_policy.backends.sql"),
                    *("keystone.federation.backends.sql", "keystone.identity.backends.sql"),
                    *("keystone.identity.mapping_backends.sql", "keystone.limit.backends.sql"),
                    *("keystone.oauth1.backends.sql", "keystone.policy.backends.sql"),
                    *("keystone.resource.backends.sql", "keystone.revoke.backends.sql"),
                    *("keystone.trust.backends.sql", "keystone.application_credential.backends.sql"),
                ),
                setup="import keystone.conf; keystone.conf.configure()",
            ),
        ),
    ),
    "langflow-base": (
        Project(
            "langflow/alembic",
            ("langflow-base",),
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            },
            models=Models("sqlmodel:SQLModel.metadata", ("langflow.services.database.models",)),
        ),
    ),
    "manila": (
        Project(
            "manila/db/migrations/alembic",
            ("manila",),
            setup="import sqlalchemy.orm",
            models=Models("manila.db.sqlalchemy.models:BASE.metadata", ("manila.db.sqlalchemy.models",)),
        ),
    ),
    "nova": (
        Project(
            "nova/db/main/migrations",
            ("nova",),
            models=Models("nova.db.main.models:BASE.metadata", ("nova.db.main.models",)),
        ),
        Project(
            "nova/db/api/migrations",
            ("nova",),
            models=Models("nova.db.api.models:BASE.metadata", ("nova.db.api.models",)),
        ),
    ),
    "zou": (Project("zou/migrations", ("zou",), environment={"SECRET_KEY": "only-migrated"}),),
}
