"""A revision for the drift that was found: Alembic's own operations, rendered by its own renderer."""
