"""Markdown documents as tests: what rule documents and `tests/mdtest/` are run by."""
