"""A file that is regular and the same file with one odd line more give the same rows, cents and ledger.

However regular files are read, and however those with a fault: nothing but the odd line may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.handoff import LedgerEntry
from tests.load.pollution.bench import Bench, Outcome, run
from tests.load.pollution.draft import LINE_END, Draft, Written
from tests.load.pollution.truth import clean_feedback, clean_revenue

CHARGES = "invoice_id,customer_id,charged_on,amount,currency,kind"
ANSWERS = "response_id,customer_id,responded_at,nps,language,comment"
N_PLAIN, N_MANY = 30, 120
REPEATED = "CX155"
SAME = (
    "rows_accepted",
    "minor_units_accepted",
    "minor_units_quarantined",
    "encoding",
    "delimiter",
    "date_format",
    "decimal",
    "rows_rounded",
)
WORDS = {"abo": "recurring", "": "one_off"}
RIGA, NEW_YORK = {"timezone": "Europe/Riga"}, {"timezone": "America/New_York"}


@dataclass(frozen=True)
class Content:
    """Lines of one table, without the header; ``end`` ends each."""

    table: str
    lines: tuple[str, ...]
    end: str = "\n"
    header: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    project: dict[str, Any] = field(default_factory=dict)
    mark: str = ""


def plain_lines(table: str, count: int, prefix: str) -> list[str]:
    """Rows in which nothing is odd."""
    if table == "revenue":
        return [f"{prefix}{n},C{n % 7},2024-02-{n % 28 + 1:02d},{n}.25,EUR,recurring" for n in range(count)]
    return [f"{prefix}{n},C{n % 7},2024-02-{n % 28 + 1:02d} 10:{n % 60:02d}:00,{n % 11},en,plain" for n in range(count)]


def charges(*cells: tuple[str, str], **more: Any) -> Content:
    """Charges with such cells, below thirty plain ones; a cell is given as written."""
    lines = plain_lines("revenue", N_PLAIN, "P")
    for n, (name, text) in enumerate(cells):
        row = {
            "invoice_id": f"I{n}",
            "customer_id": "C1",
            "charged_on": "2024-03-01",
            "amount": "7.50",
            "currency": "EUR",
            "kind": "one_off",
        }
        lines.append(",".join({**row, name: text}.values()))
    return Content("revenue", tuple(lines), **more)


def answers(*cells: tuple[str, str], **more: Any) -> Content:
    """Answers likewise."""
    lines = plain_lines("feedback", N_PLAIN, "P")
    for n, (name, text) in enumerate(cells):
        row = {
            "response_id": f"R{n}",
            "customer_id": "C1",
            "responded_at": "2024-03-01 08:00:00",
            "nps": "9",
            "language": "en",
            "comment": "x",
        }
        lines.append(",".join({**row, name: text}.values()))
    return Content("feedback", tuple(lines), **more)


def each(name: str, *texts: str) -> list[tuple[str, str]]:
    """The same column with several texts."""
    return [(name, text) for text in texts]


COMMENTS = (
    '"two\nlines"', '"two\r\nlines"', '"a\rreturn"', '"\n"', '"said ""no"""', '""""', '""', "", " ", '" "',
    "  spaces  ", '"  spaces  "', "a\tb", "back\\slash", "'single'", "it's", "#hash", "=1+1", "NULL", "null", "\\N",
    "NA", "🙂 ünï", "\u2028", "a\u0085b", "\u00a0", "\x1c", "\x0b", "\ufeffx", "\u200b", "e\u0301", "x" * 100_000,
    '"' + "y," * 50_000 + '"', "{json: [1]}", "50%", "$1", "a;b|c", '"a;b|c,d"', "true", "1e5",
)  # fmt: skip
IDS = (
    "0017", "17.0", "1E+10", "NA", "None", " C1 ", '" C1 "', "C1\t", "\u00a0C1\u00a0", "\u3000C1", "\x1cC1", "\x85C1",
    "\u2028C1", "\u200bC1", "", '""', " ", '" "', "\u00a0", "9" * 30, "é", "e\u0301", "c1", '"C,1"', '"C""1"',
    '"C\n1"', "x" * 5000, "ﬁ", "İ", "ß", "'C1'", "C1;", "-", "null",
)  # fmt: skip
DAYS = (
    "2024-3-5", " 2024-03-05 ", "\u00a02024-03-05", '"2024-03-05"', "2024-02-29", "2023-02-29", "2024-02-30",
    "2024-13-01", "2024-00-01", "2024-03-00", "2024-03-05 10:00", "2024-03-05T10:00:00Z",
    "2024-03-05 23:59:59.999999", "20240305", "2024/03/05", "5 Mar 2024", "05/03/2024", "1899-12-31", "1900-01-01",
    "2099-12-31", "2100-01-01", "0000-01-01", "-2024-03-05", "+2024-03-05", "２０２４-03-05", "2024-03-05x",
    "2024-03-05 ", "2024-03", "2024", "45000", "infinity", "epoch", "today", "now", "", "null", "2024-03-05 BC",
    "02024-03-05", "2024-03-05 00:00:00+14:00", "2024-03-05 00:00:00-12:00", "2024-W10-2", "2024-065",
)  # fmt: skip
MOMENTS = (
    "2024-03-05", "2024-03-05 7:05", "2024-03-05 07:05", "2024-03-05 07:05:09.5", "2024-03-05 07:05:09.123456",
    "2024-03-05 07:05:09.123456789", "2024-03-05 07:05:09,5", "2024-03-05T07:05:09", "2024-03-05t07:05:09z",
    "2024-03-05T07:05:09Z", "2024-03-05 07:05:09 UTC", "2024-03-05 07:05:09 GMT", "2024-03-05 07:05:09+02",
    "2024-03-05 07:05:09+0200", "2024-03-05 07:05:09 -05:30", "2024-03-05 07:05:09+14:00",
    "2024-03-05 07:05:09+25:00", "2024-03-05 07:05:09 Europe/Riga", "2024-03-05 07:05:09 EST", "2024-03-05 24:00:00",
    "2024-03-05 23:59:60", "2024-03-05 07:60", "2024-03-05  07:05", "2024-03-05, 07:05", "2024-03-05 070509",
    "2024-03-05 07", "2024-03-05 07:05:", "2024-03-05 07:5:9", "2024-03-31 03:30:00", "2024-03-31 02:30:00",
    "2024-03-31 00:30:00Z", "2024-03-31 01:30:00Z", "2024-10-27 03:30:00", "2024-10-27 00:30:00Z",
    "2024-10-27 01:30:00+00:00", "2024-03-10 02:30:00", "2024-11-03 01:30:00", "2024-11-03 05:30:00Z",
    "2024-11-03 06:30:00Z", "1900-01-01 00:00:00+14:00", "2099-12-31 23:59:59-12:00", "9999-12-31 23:59:59", "",
    "2024-03-05 07:05:09.", "2024-03-05 07:05:09.1234567890", "2024-03-05 07:05:09.0000005",
    "2024-03-05 07:05:09.9999999", "1950-06-01 12:00:00Z", "1900-05-01 00:00:00Z",
)  # fmt: skip
AMOUNTS = (
    "0", "-0.00", "7", "7.", ".5", "+7.50", "-7.50", "- 7.50", "007.50", "7.5", "7.505", "7.5049999", "-7.505",
    "0.004", "0.005", "-0.005", "1.0050000", '"1,234.50"', '"1,234"', '"12,34,567.00"', '"1,23"', "1 234.50",
    "1'234.50", "1\u00a0234.50", "(7.50)", "(-7.50)", "7.50-", "€7.50", "7.50 €", "EUR 7.50", "$7.50", "USD 7.50",
    "7.50EUR", "1e3", "1E-2", "0x1F", "1_000", "NaN", "inf", "-Infinity", "１２", "١٢", "", " ", '" 7.50 "', " 7.50",
    "7.50\u00a0", "\x1c7.50", "90071992547409.93", "-90071992547409.93", "92233720368547758.07",
    "92233720368547758.08", "-92233720368547758.08", "9" * 41, "0" * 39 + "7", "0" * 60 + "7", "7." + "0" * 70, "1/2",
    "7.50%", "null", "true", "7 .50", "7. 50", "--7", "+-7", "7.5.0", ",5", ".", "-", "()",
)  # fmt: skip
CURRENCIES = (
    "eur", " EUR ", "Usd", "JPY", "KWD", "CLF", "XXX", "", '""', "€", "EURO", "E1R", "ÉUR", "ıdr", "ＥＵＲ", "null",
    "EU R", "ßa",
)  # fmt: skip
KINDS = (
    "RECURRING", "Refund", " credit ", "chargeback", "one_off", "one off", "ONE_OFF", "", "null", "refunded",
    "recurrİng", "\u212aredit",
)  # fmt: skip
SCORES = (
    "0", "10", "11", "-1", "9.0", "9.5", " 9 ", "+9", "009", "9.", ".9", "1e1", "NaN", "inf", "", '""', "٩", "９",
    "n/a", "true", "9/10", "10.0000000000000000000001", "1_0", "0x9", '"1,0"', "9" * 400,
)  # fmt: skip

CONTENTS: dict[str, Content] = {
    "plain charges": charges(),
    "plain answers": answers(),
    "comments": answers(*each("comment", *COMMENTS)),
    "ids": charges(*each("customer_id", *IDS)),
    "invoice ids": charges(*each("invoice_id", *IDS)),
    "ids of answers": answers(*each("response_id", *IDS)),
    "days": charges(*each("charged_on", *DAYS)),
    "moments": answers(*each("responded_at", *MOMENTS)),
    "moments in Riga": answers(*each("responded_at", *MOMENTS), project=RIGA),
    "moments in New York": answers(*each("responded_at", *MOMENTS), project=NEW_YORK),
    "days in Riga": charges(*each("charged_on", *DAYS), project=RIGA),
    "amounts": charges(*each("amount", *AMOUNTS)),
    "amounts, mark told": charges(*each("amount", *AMOUNTS), options={"decimal": "."}),
    "currencies": charges(*each("currency", *CURRENCIES)),
    "kinds": charges(*each("kind", *KINDS)),
    "refunds without a minus": charges(*each("kind", *KINDS), options={"refund_sign": "positive"}),
    "scores": answers(*each("nps", *SCORES)),
    "duplicates": charges(*each("invoice_id", "P1", "P1", " P2 ", "p3", "", "", "P4\u200b", "P5.0", '"P6"')),
    "duplicates of answers": answers(*each("response_id", "P1", " P1", "p1", "P1")),
    "a format told": charges(*each("charged_on", *DAYS), options={"dates": "%Y-%m-%d"}),
    "words told": charges(*each("kind", "abo", "ABO", "Abo ", "x"), options={"values": {"kind": WORDS}}),
    "quoted header": charges(header=",".join(f'"{name}"' for name in CHARGES.split(","))),
    "header with spaces": charges(header=CHARGES.replace(",", " , ")),
    "mark": charges(mark="\ufeff"),
    "mapped": charges(header=CHARGES.replace("amount", '"Net, EUR"'), options={"columns": {"amount": "Net, EUR"}}),
    "mapped twice": charges(options={"columns": {"margin": "amount", "email": "kind"}}),
    "told cp1252, truly UTF-8": answers(*each("comment", "ü"), options={"encoding": "cp1252"}),
}  # fmt: skip
ODD = {
    "a short row at the end": ("last", "short"),
    "a short row at the top": ("first", "short"),
    "the header at the end": ("last", "header"),
    "a blank line at the end": ("last", ""),
    "a blank line at the top": ("first", ""),
    "a broken quote at the end": ("last", 'B,C,2024-01-01,"bro"ken,x,y'),
}
FORMS: dict[str, dict[str, str]] = {"LF": {}, "CRLF": {"end": "\r\n"}}


def _draft(content: Content, odd: tuple[str, str] | None) -> Draft:
    header = content.header or (CHARGES if content.table == "revenue" else ANSWERS)
    lines = list(content.lines)
    if odd is not None:
        text = header if odd[1] == "header" else odd[1]
        lines.insert(0 if odd[0] == "first" else len(lines), text)
    data = (content.mark + content.end.join([header, *lines]) + content.end).encode()
    clean = clean_revenue() if content.table == "revenue" else clean_feedback()
    return _fixed(clean, data)


def _fixed(draft: Draft, data: bytes) -> Draft:
    """A file of these very bytes."""
    return replace(draft, bake=lambda _: Written(draft.name, data, ()))


def _bench(content: Content, odd: tuple[str, str] | None) -> Bench:
    draft = _draft(content, odd)
    base = Bench(revenue=(draft,)) if content.table == "revenue" else Bench(feedback=(draft,))
    options = {content.table: content.options, "project": content.project, "load": {"max_quarantined": 1.0}}
    return base.with_options(options)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=Path(tmp_path_factory.mktemp("spill")))
    yield opened
    opened.close()


Line = tuple[int, str, str, str, str]


def _held(entry: LedgerEntry, shift: int, odd: int) -> list[Line]:
    """Rows in quarantine but for one, with their lines as they were without it."""
    rows = [row for row in entry.quarantine if row.line != odd]
    return [(row.line - shift, row.column, row.code, row.reason, row.raw) for row in rows]


def _line_behind(content: Content) -> int:
    """The physical line behind the last."""
    text = content.end.join(["header", *content.lines]) + content.end
    return len(LINE_END.findall(text)) + 1


def _same(plain: Outcome, other: Outcome, content: Content, odd: tuple[str, str]) -> None:
    assert type(plain.error) is type(other.error), (plain.error, other.error)
    assert [fault.code for fault in plain.faults] == [fault.code for fault in other.faults]
    if plain.error is not None:
        return
    name = f"{content.table}.csv"
    shift = 1 if odd[0] == "first" else 0
    moved = {
        (file, number - (shift if file == name else 0)): row
        for (file, number), row in other.rows[content.table].items()
    }
    assert moved == plain.rows[content.table]
    (mine,) = [entry for entry in plain.ledger if entry.source == content.table]
    (theirs,) = [entry for entry in other.ledger if entry.source == content.table]
    assert _held(theirs, shift, 2 if shift else _line_behind(content)) == _held(mine, 0, 0)
    for key in SAME:
        assert getattr(theirs, key) == getattr(mine, key), key
    n_more = {"short": (0, 1), "header": (1, 0), "": (0, 0)}.get(odd[1], (0, 1))
    assert (theirs.rows_excluded - mine.rows_excluded, theirs.rows_quarantined - mine.rows_quarantined) == n_more
    told = [message.code for message in other.messages if message.code != REPEATED or odd[1] != "header"]
    assert [message.code for message in plain.messages] == told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CONTENTS)
def test_an_odd_line_changes_nothing_else(name: str, form: str, engine: Engine) -> None:
    content = replace(CONTENTS[name], **FORMS[form])  # type: ignore[arg-type]  # keywords come from a mapping
    plain = run(_bench(content, None), engine)
    for odd in ODD.values():
        _same(plain, run(_bench(content, odd), engine), content, odd)


ALONE = (
    "comments", "ids", "invoice ids", "ids of answers", "days", "moments", "moments in Riga", "amounts", "currencies",
    "kinds", "scores",
)  # fmt: skip


def _files(content: Content, odd: str) -> Bench:
    """A file for each odd cell, below enough plain rows that one cell unsettles nothing."""
    clean = clean_revenue() if content.table == "revenue" else clean_feedback()
    header = CHARGES if content.table == "revenue" else ANSWERS
    drafts = []
    for number, text in enumerate(content.lines[N_PLAIN:]):
        lines = [header, *plain_lines(content.table, N_MANY, f"F{number}-"), text, odd]
        data = ("\n".join(lines)).encode()
        name = f"x-{number:03d}.csv"
        drafts.append(_fixed(replace(clean, name=name), data))
    base = replace(Bench(), **{content.table: tuple(drafts)})  # type: ignore[arg-type]  # keywords come from a mapping
    return base.with_options(
        {content.table: content.options, "project": content.project, "load": {"max_quarantined": 1.0}}
    )


@pytest.mark.parametrize("name", ALONE)
def test_each_cell_alone_is_read_alike(name: str, engine: Engine) -> None:
    """One odd cell a file, so that none is read with care for the sake of another."""
    content = CONTENTS[name]
    plain, other = (run(_files(content, odd), engine) for odd in ("", "short"))
    assert plain.error is None
    assert other.error is None
    assert plain.rows[content.table] == other.rows[content.table]
    pairs = zip(plain.ledger, other.ledger, strict=True)
    for mine, theirs in [(mine, theirs) for mine, theirs in pairs if mine.source == content.table]:
        assert [row for row in theirs.quarantine if row.raw != "short"] == list(mine.quarantine)
        assert theirs.rows_quarantined == mine.rows_quarantined + 1
        for key in SAME:
            assert getattr(theirs, key) == getattr(mine, key), (mine.file, key)


LATE = {
    "an id that is no number": ("invoice_id", "X00012"),
    "an amount with decimals": ("amount", "12.75"),
    "an amount with groups": ("amount", '"1,234.75"'),
    "a quoted line break": ("customer_id", '"C\n1"'),
    "an unreadable day": ("charged_on", "soon"),
    "leading zeros": ("customer_id", "00012"),
}


@pytest.mark.parametrize("name", LATE)
def test_what_comes_late_in_a_long_file_is_read_alike(name: str, engine: Engine) -> None:
    """Beyond the rows that a reader may look at first."""
    lines = [f"{n},{n % 97},2024-02-{n % 28 + 1:02d},{n % 50},EUR,recurring" for n in range(21_000)]
    column, text = LATE[name]
    row = {
        "invoice_id": "late",
        "customer_id": "C1",
        "charged_on": "2024-03-01",
        "amount": "7",
        "currency": "EUR",
        "kind": "one_off",
    }
    content = Content("revenue", (*lines, ",".join({**row, column: text}.values())))
    odd = ODD["a short row at the end"]
    _same(run(_bench(content, None), engine), run(_bench(content, odd), engine), content, odd)
