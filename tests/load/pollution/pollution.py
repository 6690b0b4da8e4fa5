"""One way to spoil the clean pair, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.load.pollution.bench import Bench
from tests.load.pollution.draft import Draft
from tests.load.pollution.oracle import EXACT, Expect


@dataclass(frozen=True)
class Pollution:
    """A change of the clean pair; ``pairs`` tells whether it is also combined with others."""

    family: str
    name: str
    change: Callable[[Bench], Bench]
    expect: Expect = EXACT
    pairs: bool = False

    def __str__(self) -> str:
        return f"{self.family}: {self.name}"


def of(
    table: str,
    family: str,
    name: str,
    change: Callable[[Draft], Draft],
    expect: Expect = EXACT,
    *,
    pairs: bool = False,
) -> Pollution:
    """A pollution of one table's file."""
    return Pollution(family, name, lambda bench: bench.on(table, change), expect, pairs=pairs)


def both(first: Pollution, second: Pollution) -> Pollution:
    """Two pollutions of the same pair."""
    return Pollution(
        f"{first.family} x {second.family}",
        f"{first.name} x {second.name}",
        lambda bench: second.change(first.change(bench)),
        first.expect & second.expect,
    )


def short(text: str) -> str:
    """A text for the name of a case."""
    return repr(text) if len(text) <= 24 else f"{text[:16]!r} and so on, {len(text)} letters"
