"""Random damage to the clean pair, the same for the same seed, and what must hold whatever it is."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from types import FrameType
from typing import Any

from cxlink.engine.interface import Engine
from cxlink.errors import CxlinkError, Faults
from cxlink.load import RefusedData
from tests.load.pollution.bench import Bench, Outcome, run
from tests.load.pollution.draft import Draft, Written, write
from tests.load.pollution.families.damage import gz, zipped
from tests.load.pollution.oracle import unbalanced
from tests.load.pollution.truth import clean_feedback, clean_revenue

N_ROWS = 14
SECONDS = 20
HEADER_SPARED = 0.6
LAST_DAY = date(2024, 4, 20)
CELLS = (
    "", " ", '"', '""', '"""', "'", "\\", "\0", "NaN", "inf", "-", "--", "1e9", "1,5", "1.234,56", "(5)", "5-", "€5",
    "$5", "EUR", "JPY", "eur", "9" * 30, "9" * 5000, "-92233720368547758.09", "0x1F", "1_0", "١٢", "2024-02-30",
    "01/02/2024", "31.12.2024", "2024-01-01T10:00:00Z", "2024-01-01 10:00 PM", "24:00", "45292", "9999-12-31",
    "0001-01-01", "2024-01-01 00:00:00+14:00", "1900-01-01 00:00:00+14:00", "null", "NA", "x" * 3000, "a\nb",
    "a\r\nb", "a,b;c\td|e", "\ufeff", "\u2028", "🙂", "\u202e", "=1+1", "total", '{"ImportId":"x"}', "recurring",
    "refund", "0", "10", "11", "5.0", "customer_id", "amount", "true",
)  # fmt: skip
BYTES = (
    b"\0", b"\xff", b"\xfe", b'"', b"\n", b"\r", b",", b";", b"\t", b"\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3",
    b"PK\x03\x04", b"\x1f\x8b", b"\\", b"'", b" ", b"PAR1", b"\xed\xa0\x80", b"\x85",
)  # fmt: skip
ENCODINGS = (
    "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp1257", "latin-1", "gb18030", "shift_jis",
    "utf-7", "cp037", "iso2022_jp", "koi8-r",
)  # fmt: skip
SUFFIXES = (
    ".csv", ".CSV", ".txt", ".tsv", "", ".gz", ".zip", ".xlsx", ".xls", ".ods", ".xlsb", ".parquet", ".pq",
)  # fmt: skip
OPTIONS: dict[str, Sequence[Any]] = {
    "delimiter": (",", ";", "\t", "|", ":", " ", '"', "\n", "\r", "\0", "e", "\\", "é", "🙂"),
    "encoding": (
        *ENCODINGS,
        "utf-8",
        "klingon",
        "base64",
        "",
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "hz",
        "cp932",
    ),
    "dates": (
        "%Y-%m-%d",
        "%d/%m/%Y",
        "%m/%d/%y",
        "%Y",
        "",
        "%",
        "%d.%m.%Y %H:%M",
        "%Y-%m-%dT%H:%M:%S%z",
        "%b %d %Y",
        "(%Y)[%m]{%d}",
        "%Y%m%d%H%M%S",
        "%I %p %Y-%m-%d",
        "%-d/%-m/%Y",
        "%y%m",
        "%Y-%m-%d" * 9,
    ),
    "decimal": (".", ","),
    "refund_sign": ("positive", "as written"),
    "columns": (
        {},
        {"amount": "amount"},
        {"amount": "nps"},
        {"email": "comment"},
        {"customer_id": "kind"},
        {"margin": "amount"},
        {"period_start": "charged_on"},
        {"rating_x": "nps"},
        {"csat": "customer_id"},
        {"component": ""},
        {"customer_id": "customer_id", "email": "customer_id"},
    ),
    "values": (
        {},
        {"kind": {"recurring": "refund", "": "credit"}},
        {"amount": {"12.50": "x", "": "0"}},
        {"charged_on": {"2024-01-03": ""}},
        {"nps": {"9": "99"}},
        {"responded_at": {"": "2024-01-01"}},
    ),
}


def _cut_lines(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True) or [b""]
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    way = rng.randrange(6)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(other, lines[at])
    elif way == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif way == 3:
        lines[at] = lines[at].rstrip(b"\r\n")
    elif way == 4:
        lines.insert(at, rng.choice((b"\n", b"Total,,,5.00,EUR,\n", b"sep=;\n", b"# note\n", b'"\n', b",,,,,\n")))
    else:
        lines = lines[at:]
    return b"".join(lines)


def _swap_cell(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    at = rng.randrange(len(lines))
    cells = lines[at].split(b",")
    text = rng.choice(CELLS)
    if rng.random() < 0.5:
        text = '"' + text.replace('"', '""') + '"'
    cells[rng.randrange(len(cells))] = text.encode("utf-8")
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _poke(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    way = rng.randrange(5)
    if way == 0:
        return raw[:at] + rng.choice(BYTES) * rng.choice((1, 1, 1, 2, 3, 40)) + raw[at:]
    if way == 1:
        return raw[:at] + raw[at + rng.choice((1, 1, 2, 8, 100)) :]
    if way == 2:
        return raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :]
    if way == 3:
        return raw[:at]
    return raw[:at] + raw[at : at + rng.randrange(200)] + raw[at:]


def _splice(raw: bytes, rng: random.Random) -> bytes:
    other = write(replace(clean_feedback(), records=clean_feedback().records[:N_ROWS])).data
    return raw[: rng.randrange(len(raw) + 1)] + other[rng.randrange(len(other) + 1) :]


def _redress(raw: bytes, rng: random.Random) -> bytes:
    sign = rng.choice((b";", b"\t", b"|", b":", b"^", b"\x1f"))
    return raw.replace(b",", sign) if rng.random() < 0.5 else raw.replace(b",", sign, rng.randrange(40))


def _ends(raw: bytes, rng: random.Random) -> bytes:
    return raw.replace(
        b"\n", rng.choice((b"\r\n", b"\r", b"\n\r", b"\r\r\n", b"\n\n", b"\x0b", b"\xe2\x80\xa8")), rng.choice((-1, 3))
    )


def _recode(raw: bytes, rng: random.Random) -> bytes:
    return raw.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


def _quote(raw: bytes, rng: random.Random) -> bytes:
    return raw.replace(
        rng.choice((b",", b"\n", b"a", b"0", b'"')),
        rng.choice((b'"', b'""', b'","', b'"\n', b'"""', b',"')),
        rng.choice((1, 2, 9, -1)),
    )


def _garbage(_: bytes, rng: random.Random) -> bytes:
    if rng.random() < 0.5:
        return rng.randbytes(rng.randrange(400))
    header = rng.choice((b"customer_id,charged_on,amount\n", b"response_id,responded_at\n", b""))
    return header + "".join(rng.choice([*CELLS, ",", "\n", '"', ";"]) for _ in range(rng.randrange(120))).encode()


def _huge(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return (
        raw[:at]
        + rng.choice((b"x", b'"', b",", b"\n", b'""', b"9", b" ", b"a,\n")) * rng.choice((5_000, 60_000))
        + raw[at:]
    )


def _pack(raw: bytes, rng: random.Random) -> bytes:
    packed = rng.choice((gz, zipped))(raw)
    return packed if rng.random() < 0.5 else _poke(packed, rng)


MUTATIONS: tuple[tuple[int, Callable[[bytes, random.Random], bytes]], ...] = (
    (6, _poke), (6, _cut_lines), (8, _swap_cell), (2, _splice), (2, _redress), (2, _ends), (2, _recode), (3, _quote),
    (1, _garbage), (1, _huge), (1, _pack),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A spoilt pair and the seed that makes it again."""

    seed: int
    bench: Bench


def mutant(seed: int) -> Mutant:
    """Spoil the clean pair."""
    rng = random.Random(seed)
    drafts = {}
    for table, clean in (("revenue", clean_revenue()), ("feedback", clean_feedback())):
        small = replace(clean, records=clean.records[:N_ROWS])
        spoils = rng.random() < (0.8 if table == "revenue" else 0.5)
        drafts[table] = (_spoilt(small, table, rng),) if spoils else (small,)
    options = {table: _random_options(rng) for table in drafts if rng.random() < 0.3}
    load = {"load": {"max_quarantined": 1.0}} if rng.random() < 0.7 else {}
    zones = {"project": {"timezone": "Europe/Riga" if rng.random() < 0.2 else "UTC", "observed_to": LAST_DAY}}
    return Mutant(seed, Bench(drafts["revenue"], drafts["feedback"], {**options, **load, **zones}))


def _spoilt(draft: Draft, table: str, rng: random.Random) -> Draft:
    data = write(draft).data
    for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
        (change,) = rng.choices([c for _, c in MUTATIONS], [weight for weight, _ in MUTATIONS])
        if rng.random() < HEADER_SPARED:
            head, end, body = data.partition(b"\n")
            data = head + end + change(body, rng)
        else:
            data = change(data, rng)
    name = table + (rng.choice(SUFFIXES) if rng.random() < 0.15 else ".csv")
    return replace(draft, name=name, bake=lambda _: Written(name, data, ()))


def _random_options(rng: random.Random) -> dict[str, Any]:
    keys = rng.sample(sorted(OPTIONS), rng.choice((1, 1, 2)))
    return {key: rng.choice(OPTIONS[key]) for key in keys}


class TooSlowError(BaseException):
    """An input took longer than it may; nothing that catches exceptions holds it up."""


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fault_of(made: Mutant, engine: Engine) -> tuple[str, str]:
    """Load a mutant, and tell what is wrong and how it ended.

    Nothing is wrong ("") where it is refused in order, or leaves a ledger that is balanced and true of the tables.
    """
    try:
        with _within(SECONDS):
            outcome = run(made.bench, engine, sums=True)
    except TooSlowError:
        return f"more than {SECONDS} s", "too slow"
    found = [fault for entry in outcome.ledger for fault in unbalanced(entry)]
    if outcome.error is None:
        found += _untrue(outcome)
    elif not isinstance(outcome.error, CxlinkError | Faults):
        found.append(f"{type(outcome.error).__name__}: {outcome.error}")
    return "; ".join(found), _end_of(outcome)


def _end_of(outcome: Outcome) -> str:
    """How a load ended, in one word or code."""
    if isinstance(outcome.error, RefusedData):
        return "refused for its quarantine"
    return outcome.faults[0].code if outcome.faults else "loaded"


def _untrue(outcome: Outcome) -> Iterator[str]:
    for table, (n_rows, sums) in outcome.sums.items():
        entries = [entry for entry in outcome.ledger if entry.source == table]
        if n_rows != sum(entry.rows_accepted for entry in entries):
            yield f"{table} holds {n_rows} rows, and its ledger says otherwise"
        names = {*sums, *(name for entry in entries for name in entry.minor_units_accepted)}
        for name in sorted(names):
            given = sum(entry.minor_units_accepted.get(name, 0) for entry in entries)
            if given != sums.get(name, 0):
                yield f"{table} holds {sums.get(name, 0)} {name}, and its ledger says {given}"
