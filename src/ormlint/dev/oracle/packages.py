"""The real packages that the index is judged by, and how to import their models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A distribution with models. `paths` are the modules to import, `prefixes` those whose classes are judged."""

    name: str
    requirements: tuple[str, ...]
    paths: tuple[str, ...]
    prefixes: tuple[str, ...]
    setup: str = ""


PACKAGES = {
    package.name: package
    for package in (
        Package("optuna", ("optuna",), ("optuna.storages._rdb.models",), ("optuna",)),
        Package("jupyterhub", ("jupyterhub",), ("jupyterhub.orm",), ("jupyterhub",)),
        Package("galaxy", ("galaxy-data",), ("galaxy.model.*",), ("galaxy",)),
        Package("mlflow", ("mlflow",), ("mlflow.store.*",), ("mlflow",)),
        Package("prefect", ("prefect",), ("prefect.server.database.orm_models",), ("prefect",)),
        Package("dstack", ("dstack[server]",), ("dstack._internal.server.models",), ("dstack",)),
        Package("aiida", ("aiida-core",), ("aiida.storage.psql_dos.models.*",), ("aiida",)),
        Package("neutron", ("neutron",), ("neutron.db.migration.models.head",), ("neutron",)),
        Package(
            "superset",
            ("apache-superset", "flask-caching<2.4"),
            ("superset.models.*",),
            ("superset", "superset_core", "flask_appbuilder"),
            setup=(
                "import os; os.environ['SUPERSET_SECRET_KEY'] = 'only-imported'; "
                "from superset.app import create_app; create_app().app_context().push()"
            ),
        ),
        Package("zenml", ("zenml[server]",), ("zenml.zen_stores.schemas.*",), ("zenml",)),
    )
}
