"""Stands in for fastapi-users."""
