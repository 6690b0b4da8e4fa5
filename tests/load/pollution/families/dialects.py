"""How cells are set apart: delimiters, quotes and line ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.load.pollution.draft import Draft, Fate, Quoting, Record, line
from tests.load.pollution.oracle import EITHER, EXACT, REFUSED, Expect, settled_by
from tests.load.pollution.pollution import Pollution, of

FOUND = {"semicolon": ";", "tab": "\t", "pipe": "|"}
TOLD = {"colon": ":", "caret": "^", "tilde": "~", "unit separator": "\x1f", "hash": "#", "section": "§"}
ENDS = {
    "CRLF": ("\r\n",),
    "CR": ("\r",),
    "mixed": ("\n", "\r\n", "\n", "\r"),
    "doubled CR": ("\r\r\n",),
    "LF CR": ("\n\r",),
}
TABLES = ("revenue", "feedback")


def _plain(draft: Draft, delimiter: str) -> Draft:
    """Comments without quotes, delimiters and line breaks, so that the file needs no quoting."""

    def change(n: int, record: Record) -> Record:
        words = f"plain words {n}"
        return replace(record, cells={**record.cells, "comment": words}, truth={**record.truth, "comment": words})

    return replace(draft.every(change) if "comment" in draft.columns else draft, delimiter=delimiter)


def _delimiters() -> Iterator[Pollution]:
    for table in TABLES:
        for name, sign in {"comma": ",", **FOUND}.items():
            for quoting in ("minimal", "all"):
                yield of(
                    table,
                    "delimiter",
                    f"{name}, quotes {quoting}, {table}",
                    lambda d, s=sign, q=quoting: replace(d, delimiter=s, quoting=_quoting(q)),
                    pairs=sign in ";\t" and quoting == "minimal",
                )
        for name, sign in TOLD.items():
            expect = settled_by(**{table: {"delimiter": sign}})
            yield of(table, "delimiter", f"{name}, {table}", lambda d, s=sign: replace(d, delimiter=s), expect)
        expect = settled_by(**{table: {"delimiter": "^"}})
        yield of(table, "delimiter", f"caret without quotes, {table}", lambda d: _plain(d, "^"), expect)
    yield of("revenue", "delimiter", "two signs", lambda d: replace(d, delimiter="||"), EITHER)
    yield of("revenue", "delimiter", "header of another", lambda d: replace(d, header=";".join(d.columns)), REFUSED)
    yield of(
        "feedback",
        "delimiter",
        "semicolons, and comments full of commas",
        lambda d: replace(d.every(_commas), delimiter=";"),
    )


def _quoting(name: str) -> Quoting:
    return "all" if name == "all" else "minimal"


def _commas(n: int, record: Record) -> Record:
    text = f"a, b, c, d, e, {n}"
    return replace(record, cells={**record.cells, "comment": text}, truth={**record.truth, "comment": text})


def _ends() -> Iterator[Pollution]:
    for table in TABLES:
        for name, ends in ENDS.items():
            yield of(
                table,
                "line ends",
                f"{name}, {table}",
                lambda d, e=ends: replace(d, ends=e),
                pairs=name in ("CRLF", "CR"),
            )
        yield of(table, "line ends", f"none at the end, {table}", lambda d: replace(d, last_end=""), pairs=True)
        yield of(table, "line ends", f"many at the end, {table}", lambda d: replace(d, last_end="\n\n\r\n\n"))
        yield of(table, "line ends", f"DOS end of file, {table}", lambda d: d.insert(-1, line("\x1a", "drop")))
        yield of(table, "line ends", f"spaces at the end, {table}", lambda d: replace(d, last_end="\n   "))
        for name, text in {"blank": "", "of spaces": "   ", "of tabs": "\t"}.items():
            yield of(
                table,
                "line ends",
                f"lines {name} between, {table}",
                lambda d, t=text: d.insert(9, line(t, "skip")).insert(2, line(t, "skip"), line(t, "skip")),
                pairs=name == "blank",
            )
    for name, breaks in {"CRLF": "\r\n", "CR": "\r", "two LF": "\n\n", "only": "\n"}.items():
        yield of("feedback", "line ends", f"{name} within a comment", lambda d, b=breaks: _comment(d, f"a{b}b"))
    yield of("feedback", "line ends", "a comment that begins with a line break", lambda d: _comment(d, "\nb"))
    yield of("feedback", "line ends", "a comment that ends with a line break", lambda d: _comment(d, "a\n"))
    yield of("feedback", "line ends", "a comment of 500 lines", lambda d: _comment(d, "row\n" * 500))
    yield of(
        "feedback",
        "line ends",
        "a header name of two lines",
        lambda d: replace(d, columns=(*d.columns, "x"), titles={"x": "two\nlines"}),
    )


def _comment(draft: Draft, text: str, row: int = 8) -> Draft:
    return draft.true_cell(row, "comment", text, {"comment": text})


def _quotes() -> Iterator[Pollution]:
    for table in TABLES:
        yield of(table, "quoting", f"all cells, {table}", lambda d: replace(d, quoting="all"), pairs=True)
        yield of(table, "quoting", f"cells, not the header, {table}", lambda d: replace(d, quoting="text"))
        yield of(table, "quoting", f"single quotes, {table}", _single_quotes, REFUSED)
        yield of(table, "quoting", f"a space before each quote, {table}", lambda d: _spaced(d, d.columns), EITHER)
    yield of(
        "revenue", "quoting", "a space before the quotes of ids only", lambda d: _spaced(d, ("customer_id",)), EITHER
    )
    for row in (0, 20, 43):
        yield of(
            "feedback",
            "quoting",
            f"never closed in row {row}",
            lambda d, r=row: _raw(d, r, _opened(d, r, "it was")),
            pairs=row == 20,
        )
        yield of(
            "feedback",
            "quoting",
            f"never closed after a comma, row {row}",
            lambda d, r=row: _raw(d, r, _opened(d, r, "it was, well")),
        )
    yield of(
        "revenue",
        "quoting",
        "never closed in an id",
        lambda d: _raw(d, 5, d.text_of(d.records[5]).replace(",", ',"', 1)),
    )
    yield of(
        "feedback",
        "quoting",
        "never closed in two rows",
        lambda d: _raw(_raw(d, 10, _opened(d, 10, "a")), 30, _opened(d, 30, "b")),
    )
    yield of("feedback", "quoting", "never closed, closed by a stray one below", lambda d: _swallow(d, "it was"))
    yield of(
        "feedback",
        "quoting",
        "never closed after a comma, closed by a stray one below",
        lambda d: _swallow(d, "it was, well"),
    )
    yield of("feedback", "quoting", "never closed, closed two rows below", lambda d: _swallow(d, "it was", 2))
    yield of(
        "feedback",
        "quoting",
        "stray within a word",
        lambda d: _raw(_comment(d, 'a 5" pipe'), 8, _with(d, 'a 5" pipe'), "either"),
    )
    yield of(
        "feedback",
        "quoting",
        "stray at the end of a word",
        lambda d: _raw(_comment(d, 'pipe of 5"'), 8, _with(d, 'pipe of 5"'), "either"),
    )
    yield of("feedback", "quoting", "a word behind a closing quote", lambda d: _raw(d, 8, _with(d, '"good" service')))
    yield of("feedback", "quoting", "quotes within, not doubled", lambda d: _raw(d, 8, _with(d, '"say "no" now"')))
    yield of(
        "feedback", "quoting", "quotes escaped by a backslash", lambda d: _raw(d, 8, _with(d, '"say \\"no\\", now"'))
    )
    yield of("feedback", "quoting", "a backslash before the closing quote", lambda d: _comment(d, "C:\\folder, x\\"))
    yield of("feedback", "quoting", "a comment that holds a line like a record", _pasted, EITHER)
    yield of(
        "feedback",
        "quoting",
        "quoted blanks",
        lambda d: _raw(
            _comment(d, "", 8).at(8, truth={**d.records[8].truth, "comment": None}), 8, _with(d, '""'), "accept"
        ),
    )


def _single_quotes(draft: Draft) -> Draft:
    def change(_: int, record: Record) -> Record:
        return replace(record, cells={name: f"'{text}'" for name, text in record.cells.items()})

    return draft.every(change)


def _spaced(draft: Draft, columns: tuple[str, ...]) -> Draft:
    def change(_: int, record: Record) -> Record:
        cells = [
            f' "{record.cells[c].replace(chr(34), chr(34) * 2)}"' if c in columns else draft.quoted(record.cells[c])
            for c in draft.columns
        ]
        return replace(record, raw=draft.delimiter.join(cells))

    return draft.every(change)


def _raw(draft: Draft, row: int, text: str, fate: Fate = "hold") -> Draft:
    return draft.at(row, raw=text, fate=fate)


def _with(draft: Draft, text: str, row: int = 8) -> str:
    """A row whose comment, the last cell, is written like this."""
    cells = draft.records[row].cells
    return draft.delimiter.join([draft.quoted(cells[name]) for name in draft.columns[:-1]] + [text])


def _opened(draft: Draft, row: int, text: str) -> str:
    return _with(draft, f'"{text}', row)


def _swallow(draft: Draft, text: str, gap: int = 1) -> Draft:
    """A quote that a stray one in a later row closes just before its line's end: the rows between must not vanish."""
    stray = _with(draft, 'pipe of 5"', 8 + gap)
    truth = {**draft.records[8 + gap].truth, "comment": 'pipe of 5"'}
    return _raw(draft.at(8 + gap, raw=stray, fate="either", truth=truth), 8, _opened(draft, 8, text))


def _pasted(draft: Draft) -> Draft:
    text = "see this:\nR-9,C-01,2024-01-01 10:00:00,5,en,x\nend"
    return _comment(draft, text).at(8, fate="either")


def _wrong_settings() -> Iterator[Pollution]:
    cases: dict[str, tuple[str, Expect]] = {
        "a letter": ("e", REFUSED),
        "a quote": ('"', EITHER),
        "a line end": ("\n", EITHER),
        "a return": ("\r", EITHER),
        "a space": (" ", REFUSED),
        "semicolon for comma": (";", REFUSED),
        "NUL": ("\0", EITHER),
    }
    for name, (sign, expect) in cases.items():
        yield Pollution(
            "delimiter",
            f"told wrongly: {name}",
            lambda bench, s=sign: bench.with_options({"revenue": {"delimiter": s}}),
            expect,
        )
    yield Pollution("delimiter", "told rightly", lambda b: b.with_options({"revenue": {"delimiter": ","}}), EXACT)


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _delimiters()
    yield from _ends()
    yield from _quotes()
    yield from _wrong_settings()
