"""Names of files: each is taken literally where such a file exists."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from tests.load.pollution.bench import Bench
from tests.load.pollution.draft import Draft
from tests.load.pollution.oracle import EITHER, REFUSED, Expect
from tests.load.pollution.pollution import Pollution, of, short
from tests.load.pollution.truth import clean_revenue

LITERAL = (
    "rev[1].csv", "rev*.csv", "rev?.csv", "*.csv", "[a-z].csv", "[].csv", "rev{1,2}.csv", "with space.csv",
    " leading.csv", "trailing ", "ünï-код-文.csv", "quo'te.csv", 'double"quote.csv', "semi;colon.csv", "new\nline.csv",
    "ta\tb.csv", "-dash.csv", ".hidden.csv", "~tilde.csv", "~", "dollar$HOME.csv", "per%20cent.csv",
    "back\\slash.csv", "a" * 200 + ".csv", "sub folder/x.csv", "a/b/c/d.csv", "no-suffix", ".csv", "x.CSV",
    "x.csv.bak", "cafe\u0301.csv", "🙂.csv", "\u202egnp.csv", "-", "NUL", "http:x.csv", "#1.csv", "a&b|c>.csv",
)  # fmt: skip
MISSING = {
    "nothing": ["nothing.csv"],
    "a pattern that matches nothing": ["x-*.csv"],
    "a folder": ["folder"],
    "an address": ["https://example.org/x.csv"],
    "a bucket": ["s3://bucket/x.csv"],
    "an unset variable": ["${CXLINK_IS_NOT_SET}/x.csv"],
    "a path behind a file": ["feedback.csv/x.csv"],
    "an empty name": [""],
    "no name": [],
    "NUL in a name": ["a\0b.csv"],
    "a very long name": ["x" * 5000 + ".csv"],
    "one of two": ["revenue.csv", "nothing.csv"],
    "a link to nothing": ["dead.csv"],
    "a link to itself": ["loop.csv"],
    "a pipe": ["pipe.csv"],
}


def _named(draft: Draft, name: str) -> Draft:
    return replace(draft, name=name)


def _prepare(folder: Path) -> None:
    (folder / "folder").mkdir()
    (folder / "dead.csv").symlink_to(folder / "gone.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    os.mkfifo(folder / "pipe.csv")


def _decoy(folder: Path) -> None:
    """Files that a pattern of the wanted name would find instead."""
    for name in ("rev1.csv", "reva.csv", "a.csv", "1.csv"):
        (folder / name).write_text("invoice_id,customer_id,charged_on,amount\nX,decoy,2024-01-01,1.00\n")


def _raw_bytes(bench: Bench) -> Bench:
    drafts = bench.on("revenue", lambda d: _named(d, os.fsdecode(b"r\xff.csv")))
    return replace(drafts, paths={"revenue": ["r*.csv"]})


def _moved(bench: Bench, prepare: Callable[[Path], None], paths: list[str]) -> Bench:
    return replace(bench, prepare=prepare, paths={"revenue": paths})


def _globs() -> Iterator[Pollution]:
    parts = tuple(
        replace(clean_revenue(f"m-{n}.csv"), records=clean_revenue().records[20 * n : 20 * n + 20]) for n in range(3)
    )
    for pattern in ("m-*.csv", "m-?.csv", "m-[0-2].csv", "./m-*.csv"):
        yield Pollution(
            "names", f"the pattern {pattern}", lambda b, p=pattern: replace(b, revenue=parts, paths={"revenue": [p]})
        )
    yield Pollution(
        "names",
        "a pattern in a folder",
        lambda b: replace(
            b, revenue=tuple(replace(d, name=f"in [1]/{d.name}") for d in parts), paths={"revenue": ["in [[]1]/*.csv"]}
        ),
    )


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    for name in LITERAL:
        yield Pollution(
            "names", short(name), lambda b, n=name: replace(b.on("revenue", lambda d: _named(d, n)), prepare=_decoy)
        )
    for name, paths in MISSING.items():
        yield Pollution("names", name, lambda b, p=paths: _moved(b, _prepare, p), REFUSED)
    yield of("feedback", "names", "brackets, feedback", lambda d: _named(d, "nps[1].csv"))
    yield Pollution(
        "names",
        "bytes that are no letters, by a pattern",
        _raw_bytes,
        Expect(refuses=True),
    )
    yield Pollution("names", "a file that may not be read", lambda b: _moved(b, _closed, ["revenue.csv"]), EITHER)
    yield from _globs()


def _closed(folder: Path) -> None:
    (folder / "revenue.csv").chmod(0)
