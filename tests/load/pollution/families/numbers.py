"""Amounts and scores: styles of whole columns, single cells, currencies, signs and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.load.pollution.bench import Bench
from tests.load.pollution.draft import Draft, Record
from tests.load.pollution.oracle import EITHER, REFUSED, Expect, settled_by, warned
from tests.load.pollution.pollution import Pollution, of, short
from tests.load.pollution.truth import SMALL_ROW, decimal_text

Style = Callable[[int], str]


def grouped(cents: int, mark: str, group: str, exponent: int = 2) -> str:
    """An amount with groups of thousands."""
    whole, _, part = decimal_text(abs(cents), exponent).partition(".")
    text = f"{int(whole):,}".replace(",", group)
    return f"{'-' if cents < 0 else ''}{text}{mark + part if part else ''}"


def _indian(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    head, tail = str(whole)[:-3], str(whole)[-3:]
    pairs: list[str] = []
    while head:
        head, pair = head[:-2], head[-2:]
        pairs.insert(0, pair)
    return f"{'-' if cents < 0 else ''}{','.join([*pairs, tail])}.{part:02d}"


def _around(style: Style, before: str, after: str) -> Style:
    return lambda cents: f"{'-' if cents < 0 else ''}{before}{style(abs(cents))}{after}"


def _point(cents: int) -> str:
    return grouped(cents, ".", ",")


def _comma(cents: int) -> str:
    return grouped(cents, ",", ".")


STYLES: dict[str, Style] = {
    "1,234.56": _point,
    "1.234,56": _comma,
    "1 234,56": lambda c: grouped(c, ",", " "),
    "1 234,56, no-break": lambda c: grouped(c, ",", "\u00a0"),
    "1 234,56, narrow": lambda c: grouped(c, ",", "\u202f"),
    "1 234.56, thin": lambda c: grouped(c, ".", "\u2009"),
    "1'234.56": lambda c: grouped(c, ".", "'"),
    "1’234,56": lambda c: grouped(c, ",", "’"),
    "1234,56": lambda c: grouped(c, ",", ""),
    "12,34,567.89": _indian,
    "(1,234.56)": lambda c: f"({_point(-c)})" if c < 0 else _point(c),
    "1.234,56-": lambda c: f"{_comma(-c)}-" if c < 0 else _comma(c),
    "+1234.56": lambda c: f"+{decimal_text(c)}" if c >= 0 else decimal_text(c),
    "€1,234.56": _around(_point, "€", ""),
    "€ 1.234,56": _around(_comma, "€ ", ""),
    "1.234,56 €": _around(_comma, "", " €"),
    "1.234,56\u00a0€": _around(_comma, "", "\u00a0€"),
    "EUR 1,234.56": _around(_point, "EUR ", ""),
    "1234.56 EUR": _around(decimal_text, "", " EUR"),
    "(€1,234.56)": lambda c: f"(€{_point(-c)})" if c < 0 else f"€{_point(c)}",
    "001234.56": lambda c: decimal_text(c).replace("-", "-00") if c < 0 else f"00{decimal_text(c)}",
    "1234.5": lambda c: decimal_text(c).rstrip("0").rstrip("."),
    "1234.560000": lambda c: f"{decimal_text(c)}0000",
    "spaces around": lambda c: f"  {decimal_text(c)} ",
    "0 as .00": lambda c: decimal_text(c).replace("0.", ".", 1) if abs(c) < 100 else decimal_text(c),
}
FOREIGN: dict[str, Style] = {
    "full-width": lambda c: "".join(chr(ord(s) + 0xFEE0) if s.isdigit() else s for s in decimal_text(c)),
    "Arabic-Indic": lambda c: "".join(chr(0x660 + int(s)) if s.isdigit() else s for s in decimal_text(c)),
    "Arabic marks": lambda c: decimal_text(c).replace(".", "٫"),
    "exponents": lambda c: f"{c / 100:e}",
    "words": lambda c: f"about {c}",
    "percent": lambda c: f"{decimal_text(c)}%",
    "dollars": lambda c: f"${decimal_text(c)}",
    "midline minus": lambda c: decimal_text(c).replace("-", "\u2212"),
}
UNREADABLE = (
    "NaN", "nan", "inf", "-Infinity", "1e3", "1.0E+02", "0x1F", "1_000", "1_0.00", "١٢.٣٤", "１２", "12.5O", "l2.50",
    "--5", "+-5", "1.2.3", "1,23,4.00", "12 34.00", "$12.00", "12.00 USD", "GBP 1", "N/A", "null", "-", ".", ",",
    "free", "12%", "1/2", "=1+1", "#REF!", "TRUE", "2024-01-01", "1e400", "9" * 41, "92233720368547758.08",
    "1" + "0" * 5000, "(12", "12)", "(-12)", "12.00.", "€", "€€5", "1 . 5", "５.０", "𝟏𝟐", "¼", "Ⅻ", "12\u200b",
)  # fmt: skip
SAME: dict[str, int] = {
    "7.00": 700,
    "7": 700,
    "7.": 700,
    ".07": 7,
    "+7.00": 700,
    "007.00": 700,
    " 7.00\u00a0": 700,
    "7.0000": 700,
    "- 7.00": -700,
    "-0.00": 0,
    "7.005": 701,
    "7.0049999": 700,
    "-7.005": -701,
    "0.004": 0,
    "(7.00)": -700,
    "7.00-": -700,
    "€7.00": 700,
    "7.00 EUR": 700,
    "1,000.00": 100000,
    "1,234": 123400,
}
SCORES: dict[str, float | None] = {"9.0": 9, " 9 ": 9, "10": 10, "0": 0, "": None, "  ": None, "007": 7, "+9": 9}
BAD_SCORES = (
    "11", "-1", "9.5", "n/a", "nine", "NaN", "inf", "1e1", "9/10", "9 - likely", "0x9", "true", "1_0",
    "99999999999999999999999", "9" * 5000,
)  # fmt: skip


def amounts(draft: Draft, style: Style) -> Draft:
    """Amounts in another style."""

    def change(_: int, record: Record) -> Record:
        return replace(record, cells={**record.cells, "amount": style(_cents(record))})

    return draft.every(change)


def _cents(record: Record) -> int:
    return int(str(record.truth["amount_minor"]))


def with_cents(draft: Draft, change: Callable[[int, int], int], exponent: int = 2) -> Draft:
    """Other amounts, in truth and as written."""

    def one(n: int, record: Record) -> Record:
        cents = change(n, _cents(record))
        return replace(
            record,
            cells={**record.cells, "amount": decimal_text(cents, exponent)},
            truth={**record.truth, "amount_minor": cents},
        )

    return draft.every(one)


def _whole(draft: Draft) -> Draft:
    return with_cents(draft, lambda n, cents: (abs(cents) // 100 % 900 + 1000 + n) * 100)


def _styles() -> Iterator[Pollution]:
    for name, style in STYLES.items():
        pairs = name in ("1,234.56", "1.234,56", "1 234,56, no-break", "(1,234.56)")
        yield of("revenue", "numbers", name, lambda d, s=style: amounts(d, s), pairs=pairs)
    for name, style in FOREIGN.items():
        yield of("revenue", "numbers", name, lambda d, s=style: amounts(d, s), EITHER if "minus" in name else REFUSED)
    for mark, group in ((".", ","), (",", ".")):
        yield of(
            "revenue",
            "numbers",
            f"whole amounts grouped by {group}",
            lambda d, m=mark, g=group: amounts(_whole(d), lambda c: grouped(c, m, g).removesuffix(f"{m}00")),
            settled_by(revenue={"decimal": mark}),
            pairs=True,
        )
    for mark, style in ((".", decimal_text), (",", lambda c: grouped(c, ",", ""))):
        yield Pollution(
            "numbers",
            f"told the mark {mark}",
            lambda b, m=mark, s=style: b.on("revenue", lambda d: amounts(d, s)).with_options(
                {"revenue": {"decimal": m}}
            ),
        )
        yield Pollution(
            "numbers",
            f"told wrongly, truly {mark}",
            lambda b, m=mark, s=style: b.on("revenue", lambda d: amounts(d, s)).with_options(
                {"revenue": {"decimal": "," if m == "." else "."}}
            ),
            REFUSED,
        )
    yield of("revenue", "numbers", "half with a point, half with a comma", lambda d: d.every(_half), REFUSED)
    yield of("revenue", "numbers", "every tenth with a comma", lambda d: d.every(_tenth), REFUSED)


def _half(n: int, record: Record) -> Record:
    return replace(record, cells={**record.cells, "amount": (_comma if n % 2 else _point)(_cents(record))})


def _tenth(n: int, record: Record) -> Record:
    return replace(record, cells={**record.cells, "amount": (_comma if n % 10 == 0 else _point)(_cents(record))})


def _cells() -> Iterator[Pollution]:
    for text in UNREADABLE:
        yield of(
            "revenue",
            "numbers",
            f"one cell {short(text)}",
            lambda d, t=text: d.cell(SMALL_ROW, "amount", t, fate="hold", readable=False),
        )
    for text in ("1,5", "12,50"):
        yield of(
            "revenue",
            "numbers",
            f"one cell {short(text)}",
            lambda d, t=text: d.cell(5, "amount", t, fate="hold", readable=False),
            EITHER,
        )
    for text in ("", "   "):
        yield of(
            "revenue",
            "numbers",
            f"one cell {text!r}",
            lambda d, t=text: d.cell(5, "amount", t, fate="hold", readable=False),
            pairs=not text,
        )
    for text, cents in SAME.items():
        yield of(
            "revenue",
            "numbers",
            f"one cell {text!r}",
            lambda d, t=text, c=cents: d.true_cell(SMALL_ROW, "amount", t, {"amount_minor": c}),
        )
    yield of(
        "revenue",
        "numbers",
        "the big one is unreadable",
        lambda d: d.cell(33, "amount", "1234567.8g", fate="hold", readable=False),
    )
    yield of(
        "revenue",
        "numbers",
        "the big one has no day",
        lambda d: d.cell(33, "charged_on", "", fate="hold", readable=True),
        REFUSED,
    )
    yield of(
        "revenue",
        "numbers",
        "four unreadable",
        _four,
        Expect(accepts=False, refuses=True, settle={"load": {"max_quarantined": 0.1}}),
    )


def _four(draft: Draft) -> Draft:
    for row in (3, 15, 27, 40):
        draft = draft.cell(row, "amount", "?", fate="hold", readable=False)
    return draft


def _sizes() -> Iterator[Pollution]:
    yield of("revenue", "numbers", "all beyond 2**53", lambda d: with_cents(d, lambda n, c: 2**53 + 2 * n + 1))
    yield of("revenue", "numbers", "a sum beyond 2**63", lambda d: with_cents(d, lambda n, c: 2**62 + n))
    yield of("revenue", "numbers", "a sum below -2**63", lambda d: with_cents(d, lambda n, c: -(2**62) - n))
    yield of(
        "revenue",
        "numbers",
        "the largest and the smallest",
        lambda d: with_cents(d, lambda n, c: (2**63 - 1) * (-1) ** n),
    )
    yield of("revenue", "numbers", "all zero", lambda d: with_cents(d, lambda n, c: 0))
    yield of("revenue", "numbers", "cents that doubles lose", lambda d: with_cents(d, lambda n, c: 10 * n + 5))
    yield of("revenue", "numbers", "thirds of a cent", _thirds)


def _thirds(draft: Draft) -> Draft:
    def change(n: int, record: Record) -> Record:
        cents, rest = divmod(abs(_cents(record)), 1)
        text = f"{decimal_text(cents + rest)}{('333', '500', '667')[n % 3]}"
        truth = cents + (n % 3 > 0)
        return replace(record, cells={**record.cells, "amount": text}, truth={**record.truth, "amount_minor": truth})

    return draft.every(change)


def _currencies() -> Iterator[Pollution]:
    for code, exponent in (("JPY", 0), ("KWD", 3), ("CLF", 4), ("USD", 2)):
        yield of(
            "revenue", "currency", f"all in {code}", lambda d, c=code, e=exponent: _in(d, c, e, 1), warned("CX152")
        )
        yield of(
            "revenue",
            "currency",
            f"every third in {code}",
            lambda d, c=code, e=exponent: _in(d, c, e, 3),
            warned("CX152"),
            pairs=code == "JPY",
        )
        yield Pollution(
            "currency",
            f"a project in {code}",
            lambda b, c=code, e=exponent: b.on("revenue", lambda d: _in(d, c, e, 1)).with_options(
                {"project": {"currency": c}}
            ),
        )
    for text, code in {"eur": "EUR", " EUR ": "EUR", "": "EUR", "  ": "EUR", "Eur": "EUR"}.items():
        yield of(
            "revenue",
            "currency",
            f"one cell {text!r}",
            lambda d, t=text, c=code: d.true_cell(5, "currency", t, {"currency": c}),
        )
    for text in ("€", "EURO", "EU", "978", "E U R", "ＥＵＲ", "null"):
        yield of("revenue", "currency", f"one cell {text!r}", lambda d, t=text: d.cell(5, "currency", t, fate="hold"))
    yield of(
        "revenue",
        "currency",
        "a dollar sign in a row of euros",
        lambda d: d.cell(5, "amount", "$5", fate="hold", readable=False),
    )
    yield of(
        "revenue",
        "currency",
        "decimals that yen do not have",
        lambda d: (
            d.cell(5, "currency", "JPY")
            .true_cell(5, "amount", "12.50", {"currency": "JPY", "amount_minor": 13})
            .at(5, fate="either")
        ),
    )
    yield of(
        "revenue",
        "currency",
        "no such column",
        lambda d: replace(d, columns=tuple(c for c in d.columns if c != "currency")),
    )


def _in(draft: Draft, code: str, exponent: int, step: int) -> Draft:
    def change(n: int, record: Record) -> Record:
        if n % step:
            return record
        cells = {**record.cells, "currency": code, "amount": decimal_text(_cents(record), exponent)}
        return replace(record, cells=cells, truth={**record.truth, "currency": code})

    return draft.every(change)


def _unsigned(draft: Draft) -> Draft:
    return amounts(draft, lambda cents: decimal_text(abs(cents)))


def _signs() -> Iterator[Pollution]:
    def told(bench: Bench) -> Bench:
        return bench.on("revenue", _unsigned).with_options({"revenue": {"refund_sign": "positive"}})

    yield Pollution("numbers", "refunds without a minus, told", told)
    yield of(
        "revenue", "numbers", "refunds without a minus", lambda d: with_cents(d, lambda n, c: abs(c)), warned("CX157")
    )
    for text in ("Recurring", " recurring ", "RECURRING"):
        yield of(
            "revenue", "words", f"kind {text!r}", lambda d, t=text: d.true_cell(5, "kind", t, {"kind": "recurring"})
        )
    for text in ("subscription", "refunded", "0", "recurrıng"):
        yield of(
            "revenue", "words", f"kind {text!r}", lambda d, t=text: d.cell(5, "kind", t, fate="hold", readable=True)
        )
    yield of("revenue", "words", "kind is empty", lambda d: d.true_cell(5, "kind", "", {"kind": None}))


def _scores() -> Iterator[Pollution]:
    for text, score in SCORES.items():
        truth = None if score is None else float(score)
        yield of(
            "feedback", "scores", f"one cell {text!r}", lambda d, t=text, s=truth: d.true_cell(4, "nps", t, {"nps": s})
        )
    for text in BAD_SCORES:
        yield of("feedback", "scores", f"one cell {short(text)}", lambda d, t=text: d.cell(4, "nps", t, fate="hold"))
    yield of(
        "feedback",
        "scores",
        "all with a decimal",
        lambda d: d.every(lambda _, r: replace(r, cells={**r.cells, "nps": f"{r.cells['nps']}.0"})),
        pairs=True,
    )
    yield of(
        "feedback",
        "scores",
        "all with a decimal comma",
        lambda d: d.every(lambda _, r: replace(r, cells={**r.cells, "nps": f"{r.cells['nps']},0"})),
    )
    yield of(
        "feedback",
        "scores",
        "all empty",
        lambda d: d.every(lambda _, r: replace(r, cells={**r.cells, "nps": ""}, truth={**r.truth, "nps": None})),
    )


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _styles()
    yield from _cells()
    yield from _sizes()
    yield from _currencies()
    yield from _signs()
    yield from _scores()
