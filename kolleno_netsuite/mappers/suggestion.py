"""Find the Odoo record that most likely is what a NetSuite account, tax code or term is.

Pure comparisons of numbers, names, rates and days; what is compared with what is decided where
the records are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import NamedTuple

# Names that differ by an article or a plural stay above this, different words below.
LIKENESS_FLOOR = 0.8
# A shorter number begins too many others to say anything.
SHORTEST_PREFIX = 3

_WORD = re.compile(r"[^\W_]+")


class Candidate(NamedTuple):
    """An Odoo record that could be the target of a mapping.

    :param id: its database ID.
    :param name: what people call it.
    :param number: account number; empty for everything else.
    """

    id: int
    name: str
    number: str = ""


class Why(Enum):
    """What a suggestion rests on, strongest first."""

    NUMBER = "number"
    NAME = "name"
    PADDED_NUMBER = "padded number"
    NUMBER_PREFIX = "number prefix"
    LIKENESS = "likeness"


class Match(NamedTuple):
    """A candidate and why it was chosen."""

    candidate: Candidate
    why: Why


def best_account(number: str, name: str, candidates: Sequence[Candidate]) -> Match | None:
    """Return the account that most likely is the NetSuite account, or None.

    A number that had to be filled up or cut says nothing beside an unlike name: NetSuite's 6300
    may be bad debts, and the chart's 630000 salaries.

    :param number: NetSuite's account number; may be empty.
    :param name: NetSuite's account name; of a sub-account, ``Parent : Child``.
    :param candidates: accounts of the company whose type fits, in their own order.
    """
    by_number = _by_number(number, candidates) if number else None
    if by_number and by_number.why is Why.NUMBER:
        return by_number
    by_name = best_name(name, candidates)
    if by_name and (by_name.why is Why.NAME or not by_number):
        # The same name says more than a number that had to be filled up or cut.
        return by_name
    return by_number if by_number and names_fit(name, by_number.candidate.name) else None


def best_name(name: str, candidates: Iterable[Candidate]) -> Match | None:
    """Return the candidate whose name is the same, else the one most like it, or None."""
    words = _words(last_part(name))
    if not words:
        return None
    best: tuple[float, Candidate] | None = None
    for candidate in candidates:
        score = _likeness(words, _words(candidate.name))
        if best is None or score > best[0]:
            best = (score, candidate)
    if best is None or best[0] < LIKENESS_FLOOR:
        return None
    return Match(best[1], Why.NAME if best[0] == 1 else Why.LIKENESS)


def same_name(name: str, other: str) -> bool:
    """Tell whether two names are the same but for capitals and blanks; an empty one never is.

    :param name: NetSuite's name; of a sub-account, ``Parent : Child``.
    """
    own = _plain(last_part(name))
    return bool(own) and own == _plain(other)


def names_fit(name: str, other: str) -> bool:
    """Tell whether two names can mean the same: alike, or one is the other with more words.

    :param name: NetSuite's name; of a sub-account, ``Parent : Child``.
    """
    words, others = _words(last_part(name)), _words(other)
    if not words or not others:
        return False
    return (
        set(words) <= set(others)
        or set(words) >= set(others)
        or _likeness(words, others) >= LIKENESS_FLOOR
    )


def same_number(number: str, other: str) -> bool:
    """Tell whether two account numbers are the same, digit by digit; an empty one never is."""
    own = _plain(number)
    return bool(own) and own == _plain(other)


def same_account(number: str, name: str, candidate: Candidate) -> bool:
    """Tell whether an account has NetSuite's number, digit by digit, and its name as well.

    One of both alone says little: charts use the same numbers for different things.
    """
    return same_number(number, candidate.number) and same_name(name, candidate.name)


def last_part(name: str) -> str:
    """Return the account's own name out of NetSuite's ``Parent : Child``."""
    return name.rsplit(" : ", 1)[-1].strip()


def own_name(display_name: str, number: str) -> str:
    """Return an account's name without the number that NetSuite shows in front of it.

    :param display_name: as ``4000 Sales`` or ``4000 - Sales``.
    :param number: as ``4000``; may be empty.
    """
    if number and display_name.startswith(number):
        return display_name[len(number) :].lstrip(" -–:·") or display_name
    return display_name


def _by_number(number: str, candidates: Sequence[Candidate]) -> Match | None:
    wanted = number.strip().casefold()
    numbered = [candidate for candidate in candidates if candidate.number]
    for candidate in numbered:
        if candidate.number.casefold() == wanted:
            return Match(candidate, Why.NUMBER)
    for candidate in numbered:
        if _is_padded(wanted, candidate.number.casefold()):
            return Match(candidate, Why.PADDED_NUMBER)
    for length in range(len(wanted) - 1, SHORTEST_PREFIX - 1, -1):
        stem = wanted[:length]
        for candidate in numbered:
            code = candidate.number.casefold()
            if code == stem or _is_padded(stem, code):
                return Match(candidate, Why.NUMBER_PREFIX)
    return None


def _is_padded(one: str, other: str) -> bool:
    """Tell whether a number is the other one with zeros added, as 4000 and 400000."""
    shorter, longer = sorted((one, other), key=len)
    return (
        len(shorter) >= SHORTEST_PREFIX
        and shorter[-1].isdigit()
        and longer == shorter.ljust(len(longer), "0")
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _words(name: str) -> list[str]:
    return sorted(_WORD.findall(name.casefold()))


def _likeness(words: list[str], others: list[str]) -> float:
    """Return 0 to 1: how alike two names are, whatever the order of their words."""
    if not others:
        return 0.0
    if words == others:
        return 1.0
    matcher = SequenceMatcher(None, " ".join(words), " ".join(others))
    # Upper bounds that cost little: most pairs of a chart have nothing in common.
    if matcher.real_quick_ratio() < LIKENESS_FLOOR or matcher.quick_ratio() < LIKENESS_FLOOR:
        return 0.0
    # Below 1 even when only a letter differs, so that "the same name" stays a true sentence.
    return min(matcher.ratio(), 0.999)
