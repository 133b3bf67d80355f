"""Rules about Alembic revisions, and about models against what the revisions make."""
