"""The shape of the table: what stands above, between and below the records, and the columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.load.pollution.draft import Draft, line
from tests.load.pollution.oracle import EITHER, EXACT, REFUSED, Expect, settled_by, warned
from tests.load.pollution.pollution import Pollution, of
from tests.load.pollution.truth import REVENUE_COLUMNS

TITLES = {
    "one title": ("Charges of 2024",),
    "title and a blank line": ("Charges of 2024", ""),
    "five lines": ("Acme", "", "Charges, by day; of 2024", '"quoted, title"', "from 2024-01-01 to 2024-12-31"),
    "a title with a quote that stays open": ('Charges "of 2024',),
    "a line that starts like the header": ("invoice_id: all",),
    "a comment": ("# made by the shop",),
    "thirty lines": tuple(f"note {n}" for n in range(30)),
}
TOTALS = (
    "Total,,,{},EUR,",
    ",,,{},,",
    "Grand total,,,{},,",
    "Summe,,,{},,",
    "Kopā,,,{},,",
    '"Total",,,"{}",,',
    "Sum:,,,{},,",
)
FOOTERS = (
    "(60 rows affected)",
    "-- end --",
    "Exported on 2024-12-31, by Bob",
    "Page 1 of 1",
    "© Acme; all rights reserved",
)
TABLES = ("revenue", "feedback")
LINE = ",".join(REVENUE_COLUMNS)


def _above() -> Iterator[Pollution]:
    for name, titles in TITLES.items():
        above = tuple(line(text, "skip") for text in titles)
        for table in TABLES:
            yield of(
                table,
                "above",
                f"{name}, {table}",
                lambda d, a=above: replace(d, above=a),
                warned("CX154"),
                pairs=name == "title and a blank line",
            )
    for table in TABLES:
        yield of(
            table,
            "above",
            f"blank lines, {table}",
            lambda d: replace(d, above=(line("", "skip"),) * 3),
            pairs=table == "revenue",
        )
        for delimiter in ",;\t":
            yield of(
                table,
                "above",
                f"sep={delimiter!r}, {table}",
                lambda d, s=delimiter: replace(d, above=(line(f"sep={s}", "skip"),), delimiter=s),
                pairs=delimiter == ";",
            )
    yield of("revenue", "above", "too many lines", lambda d: replace(d, above=(line("note", "skip"),) * 45), REFUSED)
    yield of("revenue", "above", "records above the header", _late_header, Expect(refuses=True, warn=("CX154",)))


def _late_header(draft: Draft) -> Draft:
    head = tuple(replace(record, fate="above", truth={}) for record in draft.records[:5])
    return replace(draft, above=head, records=draft.records[5:])


def _between() -> Iterator[Pollution]:
    for table in TABLES:
        yield of(
            table, "between", f"the header again, {table}", lambda d: d.insert(30, line(",".join(d.columns), "exclude"))
        )
        yield of(
            table,
            "between",
            f"the header at the top twice, {table}",
            lambda d: d.insert(0, line(",".join(d.columns), "exclude")),
        )
        yield of(
            table,
            "between",
            f"the header again, quoted, {table}",
            lambda d: d.insert(30, line(",".join(f'"{c}"' for c in d.columns), "exclude")),
        )
        yield of(
            table, "between", f"the header last, {table}", lambda d: d.insert(-1, line(",".join(d.columns), "exclude"))
        )
        yield of(
            table,
            "between",
            f"the header again, with a mark, {table}",
            lambda d: d.insert(30, line("\ufeff" + ",".join(d.columns), "drop")),
        )
        yield of(
            table,
            "between",
            f"the header again, in capitals, {table}",
            lambda d: d.insert(30, line(",".join(d.columns).upper(), "drop")),
        )
        yield of(table, "between", f"a comment, {table}", lambda d: d.insert(30, line("# a note", "drop")))
        yield of(table, "between", f"only delimiters, {table}", lambda d: d.insert(30, line(",,,,,", "drop")))
        yield of(table, "between", f"a ruler, {table}", lambda d: d.insert(0, line("---,---,---,---,---,---", "drop")))
    yield of("revenue", "between", "the columns change places below another header", _turned, Expect(refuses=True))
    yield of(
        "feedback",
        "between",
        "two columns of text change places below another header",
        _turned_texts,
        Expect(refuses=True),
    )
    yield of("revenue", "between", "another table below", _second_table, EITHER)
    yield of("revenue", "between", "another table of the same width below", _same_width, EITHER)


def _turned(draft: Draft) -> Draft:
    """Two exports glued together, the second with its first two columns exchanged."""
    other = ("customer_id", "invoice_id", *REVENUE_COLUMNS[2:])
    rest = tuple(replace(r, raw=",".join(r.cells[name] for name in other), fate="either") for r in draft.records[40:])
    return replace(draft, records=(*draft.records[:40], line(",".join(other), "drop"), *rest))


def _turned_texts(draft: Draft) -> Draft:
    other = (*draft.columns[:4], "comment", "language")
    rest = tuple(
        replace(r, raw=",".join(draft.quoted(r.cells[name]) for name in other), fate="either")
        for r in draft.records[30:]
    )
    return replace(draft, records=(*draft.records[:30], line(",".join(other), "drop"), *rest))


def _second_table(draft: Draft) -> Draft:
    more = [line(text, "drop") for text in ("customer_id,plan", "C-01,gold", "C-02,free")]
    return draft.insert(-1, line("", "skip"), *more)


def _same_width(draft: Draft) -> Draft:
    more = [line(text, "drop") for text in ("a,b,c,d,e,f", "C-01,gold,1,2,3,4")]
    return draft.insert(-1, line("", "skip"), *more)


def _below() -> Iterator[Pollution]:
    total = "1234567.89"
    for text in TOTALS:
        fate = "exclude" if not text.startswith(",") else "drop"
        written = text.format(total)
        yield of(
            "revenue",
            "totals",
            f"{text} at the end",
            lambda d, t=written, f=fate: d.insert(-1, line(t, "drop")),
            EITHER if fate == "drop" else EXACT,
            pairs=text.startswith("Total"),
        )
    yield of(
        "revenue",
        "totals",
        "after a blank line",
        lambda d: d.insert(-1, line("", "skip"), line(f"Total,,,{total},EUR,", "drop")),
    )
    yield of(
        "revenue",
        "totals",
        "and a footer",
        lambda d: d.insert(-1, line(f"Total,,,{total},EUR,", "drop"), line("-- end --", "drop")),
    )
    yield of(
        "revenue",
        "totals",
        "of a customer, in the middle",
        lambda d: d.insert(30, line("Subtotal,,,5.00,EUR,", "drop", EUR=500)),
    )
    yield of("revenue", "totals", "with too few cells", lambda d: d.insert(-1, line(f"Total,{total}", "drop")))
    yield of(
        "revenue",
        "totals",
        "with a day",
        lambda d: d.insert(-1, line(f"Total,,2024-12-31,{_total(d)},EUR,", "drop")),
        Expect(refuses=True, warn=("*",)),
    )
    for text in FOOTERS:
        yield of("revenue", "footers", f"{text}, revenue", lambda d, t=text: d.insert(-1, line(t, "drop")))
        yield of(
            "feedback",
            "footers",
            f"{text}, feedback",
            lambda d, t=text: d.insert(-1, line("", "skip"), line(t, "drop")),
        )


def _total(draft: Draft) -> str:
    cents = sum(int(str(record.truth["amount_minor"])) for record in draft.records)
    return f"{cents // 100}.{cents % 100:02d}"


def _ragged() -> Iterator[Pollution]:
    for table in TABLES:
        for row in (0, 20, 43):
            yield of(table, "ragged", f"row {row} is short, {table}", lambda d, r=row: _cut(d, r, -2), pairs=row == 20)
            yield of(
                table, "ragged", f"row {row} is long, {table}", lambda d, r=row: _more(d, r, ",x"), pairs=row == 20
            )
        yield of(table, "ragged", f"a row of one cell, {table}", lambda d: _cut(d, 20, 1))
        yield of(table, "ragged", f"one delimiter too many, {table}", lambda d: _more(d, 20, ",", "either"))
        yield of(table, "ragged", f"each row ends with a delimiter, {table}", _trailing, EITHER)
        yield of(
            table,
            "ragged",
            f"header and rows end with a delimiter, {table}",
            lambda d: replace(d, columns=(*d.columns, "")),
            pairs=True,
        )
        yield of(
            table,
            "ragged",
            f"the header ends with a delimiter, {table}",
            lambda d: replace(d, header=",".join((*d.columns, ""))),
            EITHER,
        )
        yield of(table, "ragged", f"a column more than the header, {table}", _index, REFUSED)
    yield of(
        "revenue",
        "ragged",
        "a comma in a text without quotes",
        lambda d: d.at(5, raw=d.text_of(d.records[5]).replace("C-", "C,-"), fate="hold"),
        EITHER,
    )
    yield of(
        "revenue",
        "ragged",
        "a decimal comma without quotes",
        lambda d: d.at(5, raw=d.text_of(d.records[5]).replace("0.01", "0,01"), fate="hold"),
    )


def _cut(draft: Draft, row: int, until: int) -> Draft:
    cells = [draft.quoted(draft.records[row].cells[name]) for name in draft.columns[:until]]
    return draft.at(row, raw=draft.delimiter.join(cells), fate="hold")


def _more(draft: Draft, row: int, text: str, fate: str = "hold") -> Draft:
    return draft.at(row, raw=draft.text_of(draft.records[row]) + text.replace(",", draft.delimiter), fate=fate)


def _trailing(draft: Draft) -> Draft:
    return draft.every(lambda _, record: replace(record, raw=draft.text_of(record) + draft.delimiter))


def _index(draft: Draft) -> Draft:
    return draft.every(lambda n, record: replace(record, raw=f"{n}{draft.delimiter}{draft.text_of(record)}"))


def _columns() -> Iterator[Pollution]:
    for table in TABLES:
        yield of(table, "columns", f"turned round, {table}", lambda d: replace(d, columns=d.columns[::-1]), pairs=True)
        yield of(table, "columns", f"extra ones, {table}", lambda d: _extra(d, ("x", "y y", "")), pairs=True)
        yield of(table, "columns", f"a running number first, {table}", _numbered)
        yield of(table, "columns", f"extra ones of the same name, {table}", lambda d: _extra(d, ("x", "x", "x")))
        yield of(table, "columns", f"two without a name, {table}", lambda d: _extra(d, ("", "")))
        yield of(
            table,
            "columns",
            f"spaces around names, {table}",
            lambda d: replace(d, titles={c: f" {c} " for c in d.columns}),
        )
        yield of(table, "columns", f"a wide file, {table}", lambda d: _extra(d, tuple(f"x{n}" for n in range(300))))
        for shape in ("upper", "title"):
            titles = {
                c: getattr(c, shape)() for c in ("invoice_id", "charged_on", "response_id", "responded_at", "amount")
            }
            key = "responded_at" if table == "feedback" else "charged_on"
            yield of(
                table,
                "columns",
                f"names in {shape} case, {table}",
                lambda d, t=titles: replace(d, titles=t),
                _mapped(table, titles, key),
            )
        name = "responded_at" if table == "feedback" else "amount"
        for ours in (name, "response_id" if table == "feedback" else "charged_on"):
            renamed = {ours: f"Shop's {ours}, new"}
            yield of(
                table,
                "columns",
                f"{ours} has another name",
                lambda d, t=renamed: replace(d, titles=t),
                _mapped(table, renamed, ours),
                pairs=ours == name,
            )
            yield of(
                table,
                "columns",
                f"{ours} is missing",
                lambda d, o=ours: replace(d, columns=tuple(c for c in d.columns if c != o)),
                REFUSED,
            )
            yield of(
                table,
                "columns",
                f"{ours} is there twice",
                lambda d, o=ours: replace(d, columns=(*d.columns, o)),
                REFUSED,
            )
            yield of(
                table,
                "columns",
                f"{ours} is there twice, once in capitals",
                lambda d, o=ours: replace(d, columns=(*d.columns, "x"), titles={"x": o.upper()}),
            )
        yield of(table, "columns", f"only a header, {table}", lambda d: replace(d, records=()), REFUSED)
        yield of(table, "columns", f"no header, {table}", lambda d: replace(d, header=d.text_of(d.records[0])), REFUSED)
    yield of(
        "revenue",
        "columns",
        "an invisible letter in a name",
        lambda d: replace(d, titles={"amount": "amount\u200b"}),
        EITHER,
    )
    yield of(
        "revenue",
        "columns",
        "a no-break space in a name",
        lambda d: replace(d, titles={"amount": "\u00a0amount"}),
        EITHER,
    )
    yield of("revenue", "columns", "one record only", lambda d: replace(d, records=d.records[:1]))


def _mapped(table: str, titles: dict[str, str], key: str) -> Expect:
    own = {"revenue": ("invoice_id", "charged_on", "amount"), "feedback": ("response_id", "responded_at")}[table]
    columns = {ours: theirs for ours, theirs in titles.items() if ours in own}
    assert key in columns
    return settled_by(**{table: {"columns": columns}})


def _extra(draft: Draft, names: tuple[str, ...]) -> Draft:
    filled = draft.every(lambda n, r: replace(r, cells={**r.cells, **dict.fromkeys(names, f"more {n}, and more")}))
    return replace(filled, columns=(*draft.columns[:2], *names, *draft.columns[2:]))


def _numbered(draft: Draft) -> Draft:
    numbered = draft.every(lambda n, r: replace(r, cells={**r.cells, "": str(n)}))
    return replace(numbered, columns=("", *draft.columns))


def _nothing() -> Iterator[Pollution]:
    texts = {
        "empty": "",
        "blank lines": "\n\n\n",
        "a mark only": "\ufeff",
        "a title only": "Charges of 2024\n",
        "a page": "<!DOCTYPE html><html><body>502</body></html>\n",
        "JSON": '[{"invoice_id": 1}]\n',
        "a message": "ERROR: timeout\n",
    }
    for table in TABLES:
        for name, text in texts.items():
            yield of(
                table,
                "nothing",
                f"{name}, {table}",
                lambda d, t=text: replace(d, records=(), header=t, ends=("",)),
                REFUSED,
            )


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _above()
    yield from _between()
    yield from _below()
    yield from _ragged()
    yield from _columns()
    yield from _nothing()
