"""All cases: single pollutions, and pairs of those that go together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from zlib import crc32

from tests.load.pollution.families import (
    damage,
    dates,
    dialects,
    duplicates,
    encodings,
    ids,
    names,
    numbers,
    structure,
    workbooks,
)
from tests.load.pollution.pollution import Pollution, both

FAMILIES = (encodings, dialects, dates, numbers, ids, structure, damage, duplicates, names, workbooks)
ONE_IN = 24
CLASH = (
    {"encoding", "bytes"},
    {"delimiter", "above"},
    {"delimiter", "ragged"},
    {"ids", "duplicates"},
    {"dates", "numbers"},
)
"""Families whose members write the same thing, each in its own way."""


def singles() -> list[Pollution]:
    """Each pollution alone."""
    return [pollution for family in FAMILIES for pollution in family.pollutions()]


def pairs() -> Iterator[Pollution]:
    """Pollutions of different families, two at a time."""
    chosen = [pollution for pollution in singles() if pollution.pairs]
    for first, second in combinations(chosen, 2):
        if first.family != second.family and {first.family, second.family} not in CLASH:
            yield both(first, second)


def gated_cases() -> dict[str, Pollution]:
    """All single pollutions and some pairs, by name; ``benchmarks/fuzz_intake.py --pairs`` runs all pairs."""
    cases: dict[str, Pollution] = {}
    some = [pair for pair in pairs() if crc32(str(pair).encode()) % ONE_IN == 0]
    for case in (*singles(), *some):
        assert str(case) not in cases, case
        cases[str(case)] = case
    return cases
