"""1xx: columns that record when a row was made or changed."""
