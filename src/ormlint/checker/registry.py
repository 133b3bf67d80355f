"""The rule table's source: every module below `ormlint.rules` that declares a rule."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache

import ormlint.rules
from ormlint.linting.rule import Rule


@lru_cache(maxsize=1)
def load_rules() -> Mapping[str, Rule]:
    """Return all rules by code, in the order of their codes.

    Raises:
        RuntimeError: two rules share a code or a name.
    """
    found: dict[str, Rule] = {}
    names: dict[str, str] = {}
    for info in pkgutil.walk_packages(ormlint.rules.__path__, "ormlint.rules."):
        if info.ispkg:
            continue
        rule = getattr(importlib.import_module(info.name), "rule", None)
        if not isinstance(rule, Rule):
            continue
        if rule.code in found or rule.name in names:
            raise RuntimeError(f"{rule.module} declares {rule.code} {rule.name}, which another rule has")
        found[rule.code] = rule
        names[rule.name] = rule.code
    return {code: found[code] for code in sorted(found)}
