"""Ground truth for replayed migrations: a real database migrated by the project's own Alembic, and compared."""
