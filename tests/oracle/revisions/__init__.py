"""Revisions to replay, and to run for real."""
