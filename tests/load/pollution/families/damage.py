"""Files that are cut, packed, damaged or of another kind than their names say."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.load.pollution.draft import Draft, Record, line
from tests.load.pollution.oracle import EITHER, EXACT, REFUSED, Expect
from tests.load.pollution.pollution import Pollution, of

Pack = Callable[[bytes], bytes]


def gz(raw: bytes) -> bytes:
    """Pack as gzip, the same bytes each time."""
    return gzip.compress(raw, mtime=0)


def zipped(raw: bytes, *names: str, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack as zip, under each of the names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name in names or ("export.csv",):
            archive.writestr(zipfile.ZipInfo(name), raw, method)
    return target.getvalue()


def _flip(at: int) -> Pack:
    def flip(raw: bytes) -> bytes:
        spoilt = bytearray(raw)
        spoilt[at] ^= 1
        return bytes(spoilt)

    return flip


def _with_folder(raw: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("folder/"), b"")
        archive.writestr(zipfile.ZipInfo("folder/export.csv"), raw)
        archive.writestr(zipfile.ZipInfo("__MACOSX/folder/._export.csv"), b"x")
    return target.getvalue()


def _locked(raw: bytes) -> bytes:
    """A zip that says it is encrypted."""
    packed = bytearray(zipped(raw))
    packed[6] |= 1
    central = packed.index(b"PK\x01\x02")
    packed[central + 8] |= 1
    return bytes(packed)


def _wrong_checksum(raw: bytes) -> bytes:
    packed = zipped(raw)
    return _flip(packed.index(b"PK\x01\x02") + 16)(packed)


PACKED: dict[str, tuple[str, Pack, Expect]] = {
    "gzip": ("x.csv.gz", gz, EXACT),
    "gzip in capitals": ("X.CSV.GZ", gz, EXACT),
    "gzip that is named csv": ("x.csv", gz, EXACT),
    "gzip of two members": ("x.csv.gz", lambda raw: gz(raw[:500]) + gz(raw[500:]), EXACT),
    "gzip with an empty member": ("x.csv.gz", lambda raw: gz(b"") + gz(raw), EXACT),
    "gzip with zeros behind": ("x.csv.gz", lambda raw: gz(raw) + b"\0" * 512, EXACT),
    "gzip that is cut": ("x.csv.gz", lambda raw: gz(raw)[:-200], REFUSED),
    "gzip without its last byte": ("x.csv.gz", lambda raw: gz(raw)[:-1], REFUSED),
    "gzip without its trailer": ("x.csv.gz", lambda raw: gz(raw)[:-8], REFUSED),
    "gzip of a wrong checksum": ("x.csv.gz", lambda raw: _flip(-7)(gz(raw)), REFUSED),
    "gzip of a wrong length": ("x.csv.gz", lambda raw: _flip(-2)(gz(raw)), REFUSED),
    "gzip with a flipped bit": ("x.csv.gz", lambda raw: _flip(300)(gz(raw)), REFUSED),
    "gzip and garbage": ("x.csv.gz", lambda raw: gz(raw) + b"garbage", REFUSED),
    "gzip whose second member is cut": ("x.csv.gz", lambda raw: gz(raw[:900]) + gz(raw[900:])[:-9], REFUSED),
    "gzip twice": ("x.csv.gz", lambda raw: gz(gz(raw)), EITHER),
    "gzip of nothing": ("x.csv.gz", lambda raw: gz(b""), REFUSED),
    "gzip bomb": ("x.csv.gz", lambda raw: gz(raw + b"0" * 3_000_000), REFUSED),
    "only the name is gzip": ("x.csv.gz", lambda raw: raw, REFUSED),
    "zip": ("x.zip", zipped, EXACT),
    "zip that is named csv": ("x.csv", zipped, EXACT),
    "zip, stored": ("x.zip", lambda raw: zipped(raw, method=zipfile.ZIP_STORED), EXACT),
    "zip with a folder": ("x.zip", _with_folder, EXACT),
    "zip of two files": ("x.zip", lambda raw: zipped(raw, "a.csv", "b.csv"), REFUSED),
    "zip of a path": ("x.zip", lambda raw: zipped(raw, "../../etc/export.csv"), EXACT),
    "zip that is cut": ("x.zip", lambda raw: zipped(raw)[:-40], REFUSED),
    "zip of a wrong checksum": ("x.zip", _wrong_checksum, REFUSED),
    "zip with a flipped bit": ("x.zip", lambda raw: _flip(200)(zipped(raw)), REFUSED),
    "zip that is encrypted": ("x.zip", _locked, REFUSED),
    "zip bomb": ("x.zip", lambda raw: zipped(raw + b"0" * 3_000_000), REFUSED),
    "zip of a gzip": ("x.zip", lambda raw: zipped(gz(raw)), EITHER),
    "only the name is zip": ("x.zip", lambda raw: raw, REFUSED),
    "bzip2": ("x.csv.bz2", bz2.compress, EITHER),
    "xz": ("x.csv.xz", lzma.compress, EITHER),
    "text that is named xlsx": ("x.xlsx", lambda raw: raw, REFUSED),
    "text that is named xls": ("x.xls", lambda raw: raw, REFUSED),
    "text that is named parquet": ("x.parquet", lambda raw: raw, REFUSED),
    "zip that is named xlsx": ("x.xlsx", zipped, REFUSED),
    "no suffix": ("export", lambda raw: raw, EXACT),
    "an odd suffix": ("export.2024", lambda raw: raw, EXACT),
    "tsv in name only": ("x.tsv", lambda raw: raw, EXACT),
}


def _packed(draft: Draft, name: str, pack: Pack) -> Draft:
    packed = replace(draft, name=name, pack=(*draft.pack, pack))
    return packed if "nothing" not in name else replace(packed, records=())


def _archives() -> Iterator[Pollution]:
    for name, (file, pack, expect) in PACKED.items():
        pairs = name in ("gzip", "zip")
        yield of("revenue", "files", name, lambda d, f=file, p=pack: _packed(d, f, p), expect, pairs=pairs)
        if name in ("gzip", "zip", "gzip that is cut", "zip of a wrong checksum"):
            yield of(
                "feedback",
                "files",
                f"{name}, feedback",
                lambda d, f=f"f-{file}", p=pack: _packed(d, f, p),
                expect,
                pairs=pairs,
            )


def _cut_rows(draft: Draft, row: int, keep: int, *, back: int = 0) -> Draft:
    """End the file within a row: some of its letters are kept, counted from its start or, with ``back``, its end."""
    text = draft.text_of(draft.records[row])
    piece = text[: len(text) - back] if back else text[:keep]
    kept = replace(draft.records[row], raw=piece, fate="hold")
    return replace(draft, records=(*draft.records[:row], kept), last_end="")


def _cut_byte(draft: Draft) -> Draft:
    """End the file within the last letter of a word in Hebrew, in a comment without quotes."""
    row = draft.records[5]
    text = draft.text_of(replace(row, cells={**row.cells, "comment": "שלום"}))
    whole = replace(draft, records=(*draft.records[:44], replace(row, raw=text, fate="hold")), last_end="")
    rest = whole.records[-1]
    again = {**rest.truth, "response_id": "R-last"}
    last = replace(rest, raw=text.replace("R-0005", "R-last"), truth=again)
    return replace(whole, records=(*whole.records[:-1], last), pack=(lambda raw: raw[:-1],))


def _cuts() -> Iterator[Pollution]:
    for keep in (3, 8, 20):
        yield of("revenue", "cut", f"after {keep} letters of a row", lambda d, k=keep: _cut_rows(d, 40, k))
        yield of("feedback", "cut", f"after {keep} letters of an answer", lambda d, k=keep: _cut_rows(d, 40, k))
    yield of("revenue", "cut", "before the last cell", lambda d: _cut_rows(d, 40, 0, back=len(",recurring")), EITHER)
    yield of("feedback", "cut", "within quotes", lambda d: _cut_rows(d, 24, 0, back=12))
    yield of("feedback", "cut", "within quotes of two lines", lambda d: _cut_rows(d, 25, 0, back=3), EITHER)
    yield of("feedback", "cut", "within a letter", _cut_byte)
    yield of(
        "revenue",
        "cut",
        "within the header",
        lambda d: replace(d, header="invoice_id,custo", records=(), last_end=""),
        REFUSED,
    )
    yield of(
        "feedback",
        "cut",
        "within a letter of two words",
        lambda d: replace(d, encoding="utf-16", pack=(lambda raw: raw[:-1],)),
        REFUSED,
    )
    yield of(
        "revenue",
        "cut",
        "a block of zeros at the end",
        lambda d: replace(d, pack=(lambda raw: raw + b"\0" * 4096,)),
        REFUSED,
    )
    yield of(
        "revenue",
        "cut",
        "a block of zeros within",
        lambda d: replace(d, pack=(lambda raw: raw[:900] + b"\0" * 64 + raw[964:],)),
        REFUSED,
    )


def _parquet_as_text() -> Iterator[Pollution]:
    yield of("revenue", "files", "garbage", lambda d: replace(d, pack=(lambda raw: bytes(range(256)) * 20,)), REFUSED)
    yield of(
        "revenue", "files", "a picture", lambda d: replace(d, pack=(lambda raw: b"\x89PNG\r\n\x1a\n" + raw,)), EITHER
    )
    yield of("revenue", "files", "twice itself, glued", _glued, REFUSED)


def _glued(draft: Draft) -> Draft:
    """The second copy's rows repeat invoices; all are more than may be held back."""
    again = tuple(replace(record, fate="hold", readable=True) for record in draft.records)
    return replace(draft, records=(*draft.records, line(draft.text_of(_names_of(draft)), "exclude"), *again))


def _names_of(draft: Draft) -> Record:
    return Record({name: name for name in draft.columns}, {})


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _archives()
    yield from _cuts()
    yield from _parquet_as_text()
