"""Stands in for the module that re-exports the adapter, if it is installed."""

try:
    from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTable, SQLAlchemyBaseUserTableUUID
except ImportError:
    pass

__all__ = ["SQLAlchemyBaseUserTable", "SQLAlchemyBaseUserTableUUID"]
