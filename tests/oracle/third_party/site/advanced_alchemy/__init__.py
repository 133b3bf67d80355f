"""Stands in for advanced-alchemy."""
