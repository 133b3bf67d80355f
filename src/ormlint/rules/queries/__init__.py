"""Rules about queries: what Python makes of a condition before SQLAlchemy sees it."""
