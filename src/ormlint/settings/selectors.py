"""Selectors: codes, prefixes, names and ALL, and which of several decides."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_CODE = re.compile(r"^ORM\d{3}$")
_PREFIX = re.compile(r"^ORM\d{0,2}$")


class SelectorError(ValueError):
    """A selector that means no rule."""


@dataclass(frozen=True, order=True)
class Selector:
    """A parsed selector. Of two that match a rule the more specific decides: name or code, longer prefix, ALL."""

    specificity: int
    text: str

    @property
    def is_exact(self) -> bool:
        """Whether the selector names one rule."""
        return self.specificity >= 100

    def matches(self, code: str, name: str) -> bool:
        """Tell whether the selector means a rule."""
        if self.text == "ALL":
            return True
        return code.startswith(self.text) if self.text.startswith("ORM") else name == self.text


def parse_selector(text: str, rules: Mapping[str, str]) -> Selector:
    """Read a selector; `rules` maps codes to names.

    Raises:
        SelectorError: it means no rule; the message suggests the nearest one.
    """
    word = text.strip()
    upper = word.upper()
    if upper == "ALL":
        return Selector(0, "ALL")
    if _CODE.match(upper) and upper in rules:
        return Selector(100, upper)
    if _PREFIX.match(upper) and any(code.startswith(upper) for code in rules):
        return Selector(len(upper), upper)
    if word.lower() in rules.values():
        return Selector(100, word.lower())
    near = difflib.get_close_matches(word.lower(), rules.values(), n=1, cutoff=0.6)
    near = near or difflib.get_close_matches(upper, rules, n=1, cutoff=0.7)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    raise SelectorError(f"`{text}` selects no rule{hint}")


@dataclass(frozen=True)
class Layer:
    """One source of selection (the configuration, or the command line); later layers overrule earlier ones."""

    select: tuple[Selector, ...] | None = None
    extend_select: tuple[Selector, ...] = ()
    ignore: tuple[Selector, ...] = ()


def parse_selectors(texts: Iterable[str], rules: Mapping[str, str]) -> tuple[Selector, ...]:
    """Read several selectors."""
    return tuple(parse_selector(text, rules) for text in texts)


def decide(layers: Sequence[Layer], code: str, name: str, default: bool) -> tuple[bool, Selector | None]:
    """Tell whether a rule is selected, and the selector that decided (None: the default).

    Within a layer the most specific selector decides, and `ignore` wins a tie. A later layer that says anything
    of the rule overrules an earlier one; its `select` replaces what earlier layers selected.
    """
    chosen: tuple[bool, Selector | None] = (default, None)
    for layer in layers:
        if layer.select is not None:
            chosen = (False, None)
        best: tuple[int, int, bool, Selector] | None = None
        for rank, wanted, selectors in (
            (0, True, (*(layer.select or ()), *layer.extend_select)),
            (1, False, layer.ignore),
        ):
            for selector in selectors:
                if selector.matches(code, name):
                    key = (selector.specificity, rank, wanted, selector)
                    if best is None or key[:2] > best[:2]:
                        best = key
        if best is not None:
            chosen = (best[2], best[3])
    return chosen
