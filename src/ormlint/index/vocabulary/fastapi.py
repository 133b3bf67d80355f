"""FastAPI's names: dependencies, and the decorators of routes (those of Flask and of Typer are among them)."""

from __future__ import annotations

PACKAGE = "fastapi"
# A parameter with such a default is what the function inside gives.
PROVIDERS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.params.Security"})
# The same, where it is imported from a package that hands FastAPI's names on.
PROVIDER_NAMES = frozenset({"Depends", "Security"})
# What a route's decorator is called: it registers a function and gives it back as it is.
ROUTES = frozenset(
    [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "route",
        "websocket",
        "command",
        "cli",
        "api_route",
        "before_request",
        "after_request",
        "errorhandler",
        "on_event",
        "exception_handler",
        "middleware",
    ]
)
