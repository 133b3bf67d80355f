"""Where a rule's page is published."""

BASE = "https://ormlint.readthedocs.io/en/stable/rules"


def rule_url(name: str) -> str:
    """Return the address of a rule's page."""
    return f"{BASE}/{name}"
