"""Ids are opaque: nothing but blanks around them may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.load.pollution.draft import Draft, Record
from tests.load.pollution.oracle import EITHER, Expect, warned
from tests.load.pollution.pollution import Pollution, of, short

VERBATIM = (
    "000123", "123.0", "17850.00", "1.23E+10", "1e5", "0x1F", "1_000", "NA", "N/A", "n/a", "None", "none", "null",
    "NULL", "nan", "NaN", "#N/A", "nil", "-", "?", ".", "0", "true", "FALSE", "inf", "12345678901234567890123",
    "9007199254740993", "29051_00040", "SAT", "Mar-24", "2024-01-01", "1-2", "1/2", "+371 20000000", "00", "é",
    "e\u0301", "İ", "ß", "C\u00a001", "C 01", "c-01", "C‐01", "a@b.c", "=1+1", "'007", "a'b", 'a"b', "a,b", "a;b",
    "a\tb", "a\nb", "x\u200b", "\u200ex", "\ufeffx", "🙂", "١٢٣", "１２３", "x" * 300, "{}", "[1]", "\\N", "%s", "$1",
    "1,234", "1.234,56", "£5", "(5)", "5-", "total", "Totals", "sum", "invoice_id", "customer_id",
)  # fmt: skip
AT_ONCE = 8
PADDED = {
    "spaces": " C-01  ",
    "a tab": "C-01\t",
    "no-break spaces": "\u00a0C-01\u00a0",
    "an ideographic space": "\u3000C-01",
}
EMPTY = ("", " ", "\u00a0", "\t")


def _one(draft: Draft, text: str, truth: object) -> Draft:
    return draft.true_cell(8, "customer_id", text, {"customer_id": truth})


def _several(draft: Draft, texts: tuple[str, ...]) -> Draft:
    for row, text in enumerate(texts, start=8):
        draft = draft.true_cell(row, "customer_id", text, {"customer_id": text})
    return draft


def _all(draft: Draft, shape: str) -> Draft:
    """All customers' ids in another shape, in truth also."""

    def change(_: int, record: Record) -> Record:
        text = shape.format(record.truth["customer_id"])
        return replace(record, cells={**record.cells, "customer_id": text}, truth={**record.truth, "customer_id": text})

    return draft.every(change)


def _padded(draft: Draft) -> Draft:
    return draft.every(
        lambda _, record: replace(record, cells={**record.cells, "customer_id": f"{record.cells['customer_id']}  "})
    )


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    for start in range(0, len(VERBATIM), AT_ONCE):
        texts = VERBATIM[start : start + AT_ONCE]
        yield of("revenue", "ids", f"{short(texts[0])} and {len(texts) - 1} more", lambda d, t=texts: _several(d, t))
    for text in ("NA", "null", "0012", "1.0", "1E+10"):
        yield of(
            "feedback",
            "ids",
            f"{text!r} as a response",
            lambda d, t=text: d.true_cell(8, "response_id", t, {"response_id": t}),
        )
        yield of(
            "revenue",
            "ids",
            f"{text!r} as an invoice",
            lambda d, t=text: d.true_cell(8, "invoice_id", t, {"invoice_id": t}),
        )
    for name, text in PADDED.items():
        yield of("revenue", "ids", f"one with {name} around it", lambda d, t=text: _one(d, t, "C-01"))
    yield of("revenue", "ids", "all with spaces behind them", _padded, warned("*"))
    for text in EMPTY:
        yield of("revenue", "ids", f"empty as {text!r}", lambda d, t=text: _one(d, t, None))
        yield of(
            "feedback",
            "ids",
            f"a response without an id, {text!r}",
            lambda d, t=text: d.cell(8, "response_id", t, fate="hold"),
        )
    for shape in ("00{}", "{}.0", "NA{}", "é{}", "{}\u00a0x"):
        yield of("revenue", "ids", f"all as {shape!r}", lambda d, s=shape: _all(d, s), pairs=shape == "00{}")
    yield of("revenue", "ids", "no invoice has an id", _without)
    yield of("revenue", "ids", "no invoice column", lambda d: replace(_without(d), columns=d.columns[1:]), pairs=True)
    yield of(
        "revenue",
        "ids",
        "composed and combining",
        lambda d: _one(d, "Zoë", "Zoë").true_cell(9, "customer_id", "Zoe\u0308", {"customer_id": "Zoe\u0308"}),
    )
    yield of("revenue", "ids", "one of 1 MB", lambda d: _one(d, "x" * 1_000_000, "x" * 1_000_000), Expect())
    yield of(
        "revenue",
        "ids",
        "all empty",
        lambda d: d.every(
            lambda _, r: replace(r, cells={**r.cells, "customer_id": ""}, truth={**r.truth, "customer_id": None})
        ),
        EITHER,
    )


def _without(draft: Draft) -> Draft:
    return draft.every(
        lambda _, record: replace(
            record, cells={**record.cells, "invoice_id": ""}, truth={**record.truth, "invoice_id": None}
        )
    )
