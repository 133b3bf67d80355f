"""Alembic's revisions replayed from their source: what schema they make, and what is not known of it."""
