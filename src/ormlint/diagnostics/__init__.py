"""What a linter says: diagnostics, their severity, and the fixes they carry. Plain data."""

from ormlint.diagnostics.model import (
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Related,
    Severity,
)

__all__ = ["Applicability", "Diagnostic", "Edit", "Fix", "Related", "Severity"]
