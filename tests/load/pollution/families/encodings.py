"""Bytes: encodings with and without marks, single broken bytes, text that was spoilt before it came."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace

from tests.load.pollution.draft import Draft, Record
from tests.load.pollution.oracle import EITHER, EXACT, REFUSED, settled_by
from tests.load.pollution.pollution import Pollution, of

WESTERN = "Grüße, «très» bien; “no”"
SAMPLES = {
    "cp1252": "Grüße – “très” bien €",
    "cp1250": "Příliš žluťoučký kůň, źdźbło",
    "cp1251": "Очень медленно, ёж",
    "cp1253": "Πολύ αργά, ώρα",
    "cp1254": "Çok yavaş, ığdır",
    "cp1255": "שלום, שירות איטי",
    "cp1256": "مرحبا، بطيء جدا",
    "cp1257": "Ļoti lēni, žēl – ačiū",
    "cp1258": "Rât chậm".replace("ậ", "â"),
    "iso8859-1": "Grüße, «très» bien",
    "iso8859-2": "Příliš žluťoučký",
    "iso8859-4": "Ļoti lēni, žēl",
    "iso8859-5": "Очень медленно",
    "iso8859-7": "Πολύ αργά",
    "iso8859-8": "שלום",
    "iso8859-9": "Çok yavaş",
    "iso8859-13": "Ļoti lēni",
    "iso8859-15": "Grüße à 5 €",
    "mac-roman": "Grüße – “très” bien",
    "cp437": "Grüße",
    "cp775": "Ļoti lēni",
    "cp850": "Grüße très",
    "cp866": "Очень медленно",
    "koi8-r": "Очень медленно",
    "gb18030": "非常慢，请退款",
    "gbk": "非常慢，请退款",
    "big5": "非常慢",
    "shift_jis": "とても遅い、返金して",
    "euc_jp": "とても遅い",
    "euc_kr": "너무 느려요",
    "cp949": "너무 느려요",
}
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
BROKEN = {
    "lone byte": "\udcff",
    "continuation byte": "\udc80",
    "overlong": "\udcc0\udc80",
    "half a character": "\udce2\udc82",
    "cp1252 letter": "\udce9",
    "encoded surrogate": "\udced\udca0\udc80",
    "beyond Unicode": "\udcf5\udc80\udc80\udc80",
}
ODD_TEXTS = {
    "mojibake": "GrÃ¼ÃŸe â€“ trÃ¨s bien",
    "replacement signs": "Gr\ufffd\ufffde",
    "zero width": "a\u200bb\u200d\u2060c",
    "mark within": "a\ufeffb",
    "bidi override": "\u202eevil\u202c",
    "control letters": "a\x01\x1b[31mb\x7f",
    "next line": "a\x85b",
    "line and paragraph separators": "a\u2028b\u2029c",
    "vertical tab, form feed": "a\x0bb\x0cc",
    "file, group, record separators": "a\x1cb\x1dc\x1ed",
    "combining": "e\u0301 a\u0308",
    "beyond the basic plane": "𝕏 🏳️‍🌈 𠜎",
    "noncharacters": "\ufdd0\ufffe",
    "private use": "\ue000",
    "dollar quotes": "$$ $1 \\1 %s {x}",
    "sql": "'; DROP TABLE revenue; --",
    "html": "</script><img src=x>",
    "only quotes": '"""',
    "two quotes": '""',
    "long": "x" * 200_000,
}


def in_words(draft: Draft, text: str) -> Draft:
    """Every comment, numbered, in other words."""
    return draft.every(lambda n, record: _say(record, f"{text} {n}"))


def _say(record: Record, text: str) -> Record:
    return replace(record, cells={**record.cells, "comment": text}, truth={**record.truth, "comment": text})


def encoded(draft: Draft, encoding: str) -> Draft:
    """The file in another encoding, with words that it can write."""
    return replace(in_words(draft, SAMPLES[encoding]), encoding=encoding)


def _broken(draft: Draft, rows: tuple[int, ...], text: str) -> Draft:
    for row in rows:
        draft = draft.cell(row, "comment", text, fate="hold")
    return draft


def _marked() -> Iterator[Pollution]:
    for encoding, mark in MARKS.items():
        for table in ("revenue", "feedback"):
            name = f"{encoding} with mark, {table}"
            yield of(table, "encoding", name, lambda d, e=encoding, m=mark: replace(d, encoding=e, mark=m), pairs=True)
            if encoding != "utf-8":
                yield of(
                    table,
                    "encoding",
                    f"{encoding} without mark, {table}",
                    lambda d, e=encoding: replace(d, encoding=e),
                    settled_by(**{table: {"encoding": encoding}}),
                    pairs=encoding == "utf-16-le",
                )


def _national() -> Iterator[Pollution]:
    for encoding in SAMPLES:
        expect = settled_by(feedback={"encoding": encoding})
        pairs = encoding in ("cp1252", "cp1257", "shift_jis")
        yield of("feedback", "encoding", encoding, lambda d, e=encoding: encoded(d, e), expect, pairs=pairs)


def _single() -> Iterator[Pollution]:
    for name, text in BROKEN.items():
        yield of("feedback", "bytes", f"{name} in one row", lambda d, t=text: _broken(d, (3,), f"bad {t} byte"))
    for n_rows in (2, 20):
        rows = tuple(range(2, 2 + n_rows))
        expect = EXACT if n_rows == 2 else REFUSED
        yield of("feedback", "bytes", f"broken in {n_rows} rows", lambda d, r=rows: _broken(d, r, "\udcff"), expect)
    yield of("feedback", "bytes", "broken in an id", lambda d: d.cell(4, "response_id", "R\udce9", fate="hold"))
    yield of("feedback", "bytes", "broken in the last row", lambda d: _broken(d, (43,), "\udce2"))
    yield of("revenue", "bytes", "broken in an id of plain text", _cp1252_id, EITHER)
    yield of(
        "revenue",
        "bytes",
        "broken in an unused column's title",
        lambda d: replace(d, columns=(*d.columns, "x"), titles={"x": "Gr\udcfc"}),
        EITHER,
    )
    yield of("revenue", "bytes", "NUL in a cell", lambda d: d.cell(4, "customer_id", "a\0b", fate="hold"), EITHER)
    yield of("feedback", "bytes", "NUL in a comment", lambda d: d.cell(4, "comment", "a\0b", fate="hold"), EITHER)


def _cp1252_id(draft: Draft) -> Draft:
    return draft.cell(4, "customer_id", "Jos\udce9", fate="hold")


def _odd() -> Iterator[Pollution]:
    for name, text in ODD_TEXTS.items():
        yield of("feedback", "text", name, lambda d, t=text: d.true_cell(8, "comment", t, {"comment": t}))
    for name in ("zero width", "combining", "control letters", "bidi override"):
        text = ODD_TEXTS[name]
        yield of(
            "revenue",
            "text",
            f"{name} in an id",
            lambda d, t=text: d.true_cell(8, "customer_id", t, {"customer_id": t}),
        )


def _told() -> Iterator[Pollution]:
    for told in ("cp1252", "latin-1", "utf-8", "UTF8", "utf-8-sig"):
        yield Pollution(
            "encoding",
            f"UTF-8 that is called {told}",
            lambda bench, e=told: bench.with_options({"feedback": {"encoding": e}}),
        )
    for told in ("klingon", "rot13", "base64", "", "utf-16"):
        yield Pollution(
            "encoding",
            f"UTF-8 that is called {told!r}",
            lambda bench, e=told: bench.with_options({"feedback": {"encoding": e}}),
            EITHER,
        )
    for told in ("windows-1252", "CP1252", "1252"):
        yield Pollution(
            "encoding",
            f"cp1252 by the name {told}",
            lambda bench, e=told: bench.on("feedback", lambda d: encoded(d, "cp1252")).with_options(
                {"feedback": {"encoding": e}}
            ),
        )


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _marked()
    yield from _national()
    yield from _single()
    yield from _odd()
    yield from _told()
