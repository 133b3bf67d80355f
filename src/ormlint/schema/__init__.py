"""The index as SQLAlchemy's own `MetaData`: types, tables and constraints as real objects."""
