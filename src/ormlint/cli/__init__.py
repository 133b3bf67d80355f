"""The `ormlint` command: one module a sub-command."""
