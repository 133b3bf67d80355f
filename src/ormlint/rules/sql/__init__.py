"""Rules about SQL in strings."""
