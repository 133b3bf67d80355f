"""`python -m ormlint` is the `ormlint` command."""

from ormlint.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
