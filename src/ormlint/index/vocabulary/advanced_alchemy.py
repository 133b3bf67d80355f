"""advanced-alchemy's names: repositories and services over one model, and what their methods give."""

from __future__ import annotations

PACKAGE = "advanced_alchemy"
# Where its names are handed on from.
_PACKAGES = ("advanced_alchemy.", "litestar.plugins.sqlalchemy", "litestar.contrib.sqlalchemy")
_REPOSITORIES = (
    *("SQLAlchemy{}Repository", "SQLAlchemy{}RepositoryProtocol"),
    *("SQLAlchemy{}SlugRepository", "SQLAlchemy{}SlugRepositoryProtocol"),
)
_SERVICES = ("SQLAlchemy{}RepositoryService", "SQLAlchemy{}RepositoryReadService")
# By class: whether it is asynchronous, and whether it is a service.
_CLASSES = {
    name.format(word): (word == "Async", name in _SERVICES)
    for name in (*_REPOSITORIES, *_SERVICES)
    for word in ("Async", "Sync")
}
# By method: "one" model, "optional", "many", "counted" (a list and a number), "told" (one, and whether it is new).
_OF_BOTH = {
    "get": "one",
    "get_one": "one",
    "get_one_or_none": "optional",
    "get_many": "many",
    "list": "many",
    "get_many_and_count": "counted",
    "list_and_count": "counted",
    "get_or_upsert": "told",
    "get_and_update": "told",
    "update": "one",
    "update_many": "many",
    "upsert": "one",
    "upsert_many": "many",
    "delete": "one",
    "delete_many": "many",
    "delete_where": "many",
    "count": "int",
    "exists": "bool",
}
REPOSITORY_METHODS = {**_OF_BOTH, "add": "one", "add_many": "many", "get_by_slug": "optional"}
SERVICE_METHODS = {**_OF_BOTH, "create": "one", "create_many": "many", "to_model": "one"}
# Methods that write through the session, and of them those that may set any attribute by what they are given.
SETTING = frozenset({"create", "create_many", "update", "update_many", "upsert", "upsert_many"}) | {
    *("get_or_upsert", "get_and_update", "to_model")
}
WRITING = (SETTING - {"to_model"}) | {"add", "add_many", "delete", "delete_many", "delete_where"}
# Methods that compare their keywords with attributes of these names, and the keywords that are their own.
FILTERING = frozenset(
    {"get_one", "get_one_or_none", "get_many", "list", "get_many_and_count", "list_and_count", "count", "exists"}
)
OWN_KEYWORDS = frozenset(
    {
        *("auto_expunge", "statement", "error_messages", "load", "execution_options", "uniquify", "with_for_update"),
        *("bind_group", "order_by", "count_with_window_function", "use_cache", "auto_commit", "auto_refresh"),
    }
)
# Class attributes that say what a repository or a service is of.
MODEL_TYPE = "model_type"
REPOSITORY_TYPE = "repository_type"


def class_of(name: str) -> tuple[bool, bool] | None:
    """Return (is asynchronous, is a service) for a class of it by its external name; None for any other name."""
    return _CLASSES.get(name.rpartition(".")[2]) if name.startswith(_PACKAGES) else None
