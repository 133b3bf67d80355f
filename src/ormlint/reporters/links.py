"""Where the documents are published."""

SITE = "https://ormlint.readthedocs.io/"
BASE = f"{SITE}en/stable/rules"


def rule_url(name: str) -> str:
    """Return the address of a rule's page."""
    return f"{BASE}/{name}"
