"""Stands in for a package."""
