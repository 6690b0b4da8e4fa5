"""Rows and files that are there more than once: no cent may be counted twice without a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.load.pollution.bench import Bench
from tests.load.pollution.draft import Draft, Record
from tests.load.pollution.families.ids import _without
from tests.load.pollution.oracle import EITHER, REFUSED, Expect, warned
from tests.load.pollution.pollution import Pollution, of
from tests.load.pollution.truth import clean_feedback, clean_revenue

TABLES = ("revenue", "feedback")


def _again(draft: Draft, row: int, at: int, **cells: str) -> Draft:
    record = draft.records[row]
    readable = True if record.fate == "accept" else None
    return draft.insert(at, replace(record, cells={**record.cells, **cells}, fate="hold", readable=readable))


def _rows() -> Iterator[Pollution]:
    for table in TABLES:
        yield of(table, "duplicates", f"a row, at once, {table}", lambda d: _again(d, 5, 6), pairs=True)
        yield of(table, "duplicates", f"a row, at the end, {table}", lambda d: _again(d, 5, -1))
        yield of(
            table, "duplicates", f"the first and the last row, {table}", lambda d: _again(_again(d, 0, -1), 43, -1)
        )
    yield of("revenue", "duplicates", "an invoice of another day", lambda d: _again(d, 5, 20, charged_on="2024-06-01"))
    yield of(
        "revenue",
        "duplicates",
        "an invoice with spaces around its id",
        lambda d: _again(d, 5, 20, invoice_id=" I-0005 "),
    )
    yield of("revenue", "duplicates", "an invoice id in small letters is another", _small)
    yield of("revenue", "duplicates", "the first of two is unreadable", _second_counts)
    yield of("revenue", "duplicates", "the dear one of two is held back", lambda d: _again(d, 0, 1), EITHER)
    yield of("revenue", "duplicates", "equal rows without ids are charges of their own", lambda d: _twins(_without(d)))


def _small(draft: Draft) -> Draft:
    record = draft.records[5]
    return draft.insert(
        20,
        replace(record, cells={**record.cells, "invoice_id": "i-0005"}, truth={**record.truth, "invoice_id": "i-0005"}),
    )


def _second_counts(draft: Draft) -> Draft:
    return draft.insert(-1, draft.records[5]).cell(5, "charged_on", "?", fate="hold", readable=True)


def _twins(draft: Draft) -> Draft:
    return draft.insert(6, draft.records[5])


def _held(draft: Draft) -> Draft:
    return draft.every(lambda _, record: replace(record, fate="hold", readable=True))


def _part(draft: Draft, name: str, start: int, stop: int) -> Draft:
    return replace(draft, name=name, records=draft.records[start:stop])


def _overlap(bench: Bench) -> Bench:
    """Two months' exports that share two rows."""
    whole = clean_revenue()
    second = _part(whole, "b.csv", 28, 60)
    shared = [replace(r, fate="hold", readable=True) if n < 2 else r for n, r in enumerate(second.records)]
    return replace(bench, revenue=(_part(whole, "a.csv", 0, 30), replace(second, records=tuple(shared))))


def _files() -> Iterator[Pollution]:
    both: tuple[Draft, ...] = (clean_revenue("a.csv"), _held(clean_revenue("b.csv")))
    yield Pollution("duplicates", "a file under two names", lambda b: replace(b, revenue=both), REFUSED)
    crlf = replace(both[1], ends=("\r\n",))
    yield Pollution("duplicates", "a file in two ways", lambda b: replace(b, revenue=(both[0], crlf)), REFUSED)
    answers = (clean_feedback("a-f.csv"), _held(clean_feedback("b-f.csv")))
    yield Pollution("duplicates", "answers under two names", lambda b: replace(b, feedback=answers), REFUSED)
    yield Pollution("duplicates", "two files that overlap", _overlap)
    yield Pollution("duplicates", "two files that do not", _halves)
    bare = (_without(clean_revenue("a.csv")), _without(clean_revenue("b.csv")))
    yield Pollution(
        "duplicates",
        "a file without ids under two names",
        lambda b: replace(b, revenue=bare),
        Expect(refuses=True, warn=("CX133",)),
    )
    for name, other in {
        "other line ends": replace(bare[1], ends=("\r\n",)),
        "another delimiter": replace(bare[1], delimiter=";"),
        "quotes": replace(bare[1], quoting="all"),
        "a row more": bare[1].insert(-1, _extra_row()),
        "the other order": replace(bare[1], records=bare[1].records[::-1]),
    }.items():
        yield Pollution(
            "duplicates",
            f"a file without ids again, with {name}",
            lambda b, o=other: replace(b, revenue=(bare[0], o)),
            Expect(refuses=True, warn=("CX133", "*")),
        )
    half = replace(bare[1], records=bare[1].records[30:])
    yield Pollution(
        "duplicates",
        "a file without ids, half of it again",
        lambda b: replace(b, revenue=(bare[0], half)),
        Expect(refuses=True, warn=("CX133", "*")),
    )


def _extra_row() -> Record:
    record = _without(clean_revenue()).records[3]
    truth = {**record.truth, "customer_id": "C-99"}
    return replace(record, cells={**record.cells, "customer_id": "C-99"}, truth=truth)


def _halves(bench: Bench) -> Bench:
    whole = clean_revenue()
    return replace(bench, revenue=(_part(whole, "a.csv", 0, 30), _part(whole, "b.csv", 30, 60)))


def _names() -> Iterator[Pollution]:
    once = warned("CX133")
    yield Pollution("duplicates", "a path twice", lambda b: replace(b, paths={"revenue": ["revenue.csv"] * 2}), once)
    yield Pollution(
        "duplicates", "a path and a pattern", lambda b: replace(b, paths={"revenue": ["revenue.csv", "rev*.csv"]}), once
    )
    yield Pollution(
        "duplicates",
        "a path in two spellings",
        lambda b: replace(b, paths={"revenue": ["revenue.csv", "./revenue.csv"]}),
        once,
    )
    yield Pollution(
        "duplicates",
        "a path and a link to it",
        lambda b: replace(b, paths={"revenue": ["revenue.csv", "link.csv"]}, prepare=_link),
        once,
    )
    yield Pollution(
        "duplicates",
        "the same file for both tables",
        lambda b: replace(b, paths={"feedback": ["revenue.csv"]}),
        REFUSED,
    )


def _link(folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder / "revenue.csv")


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _rows()
    yield from _files()
    yield from _names()
