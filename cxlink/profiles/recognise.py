"""Which export a file is: by the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxlink.profiles.catalogue import read_profiles
from cxlink.profiles.heads import Head, Rows
from cxlink.profiles.model import HeaderTest, Profile
from cxlink.profiles.names import JOINT, fold_name

HEADER_ROWS = 40


@dataclass(frozen=True, slots=True)
class Match:
    """A profile that fits a file.

    Parameters
    ----------
    profile : Profile
        The profile.
    delimiter : str
        Of the file; "" where it knows its columns.
    at : int
        Record in which the header begins.
    names : tuple of str
        Of the columns; several rows of names are joined.
    n_known : int
        Columns that the profile knows.
    """

    profile: Profile
    delimiter: str
    at: int
    names: tuple[str, ...]
    n_known: int


def recognise(head: Head) -> Match | None:
    """Find the profile of a file.

    Parameters
    ----------
    head : Head
        Its first rows.

    Returns
    -------
    Match or None
        The one that knows most of the columns; None where none fits.
    """
    found = [match for profile in read_profiles() for match in _matches(profile, head)]
    return max(found, key=lambda match: (match.n_known, -match.at), default=None)


def _matches(profile: Profile, head: Head) -> list[Match]:
    test = profile.header
    if test.sheet is not None and head.sheet is not None and fold_name(test.sheet) != fold_name(head.sheet):
        return []
    found = []
    known = known_names(profile)
    for delimiter, rows in head.cuts:
        for at in range(min(len(rows) - test.rows + 1, HEADER_ROWS)):
            there = {fold_name(cell) for row in rows[at : at + test.rows] for cell in row if cell}
            # the first of several rows of names must bear some itself
            if _fits(test, there) and any(fold_name(cell) in known for cell in rows[at]):
                names = join_names(rows[at : at + test.rows])
                found.append(Match(profile, delimiter, at, names, len(there & known)))
    return found


def _fits(test: HeaderTest, there: set[str]) -> bool:
    has_all = all(fold_name(name) in there for name in test.must)
    has_each = all(any(fold_name(name) in there for name in group) for group in test.any_of)
    return has_all and has_each and not any(fold_name(name) in there for name in test.none_of)


def known_names(profile: Profile, *, with_must: bool = True) -> frozenset[str]:
    """List the columns that a profile knows.

    Parameters
    ----------
    profile : Profile
        The profile.
    with_must : bool
        Whether columns that must be there count, though no feed maps them.

    Returns
    -------
    frozenset of str
        Folded names: of the test, of the mapping, and of those that are no question.
    """
    mapped = [name for feed in profile.feeds for choice in feed.columns.values() for name in choice.names]
    groups = [name for group in profile.header.any_of for name in group]
    must = profile.header.must if with_must else ()
    return frozenset(fold_name(name) for name in (*must, *groups, *mapped, *profile.known))


def join_names(rows: Rows | Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join several rows of names into one.

    Parameters
    ----------
    rows : sequence of sequence of str
        A blank cell in an upper row stands for the name to its left.

    Returns
    -------
    tuple of str
        Parts that are not blank, with " - " between.
    """
    if len(rows) == 1:
        return tuple(name.strip() for name in rows[0])
    width = max(len(row) for row in rows)
    filled = [_fill(row, width, inherit=number < len(rows) - 1) for number, row in enumerate(rows)]
    return tuple(JOINT.join(part for part in parts if part) for parts in zip(*filled, strict=True))


def _fill(row: Sequence[str], width: int, *, inherit: bool) -> list[str]:
    found: list[str] = []
    for cell in [*row, *([""] * (width - len(row)))]:
        name = cell.strip()
        found.append(name or (found[-1] if inherit and found else ""))
    return found
