"""Whatever the rows: none is lost, no cent is lost, and the way they are written does not matter."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cxlink.engine.open import open_engine
from cxlink.errors import CxlinkError, Faults
from cxlink.handoff import LedgerEntry
from cxlink.load import RefusedData
from cxlink.load.records import RecordReader, find_header
from cxlink.load.staging import stage_text
from tests.load.conftest import FEEDBACK, Project

HEADER = ["invoice_id", "customer_id", "charged_on", "amount", "currency"]
IDS = st.text(alphabet="0aNA_.;\"' \n,é", max_size=6)
DAYS = st.sampled_from(["2024-01-01", "2024-12-31 10:00", "2024-02-30", "", "soon", "9999-12-31"])
AMOUNTS = st.sampled_from(["1.00", "-2.50", "1,234.56", "0.005", "x", "", "NaN", "90071992547409.93", "(3.10)"])
CURRENCIES = st.sampled_from(["", "EUR", "JPY", "usd", "12"])
ROWS = st.lists(st.tuples(st.sampled_from(["i1", "i2", "i3", "", "i4"]), IDS, DAYS, AMOUNTS, CURRENCIES), max_size=12)
Row = tuple[str, ...]


def write(rows: Sequence[Row], delimiter: str, quoting: int, end: str) -> str:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]  # any of the numbers that csv names
    writer.writerow(HEADER)
    writer.writerows(rows)
    return target.getvalue()


def ledger_of(files: Sequence[str]) -> list[LedgerEntry]:
    """Load revenue from such files, whatever share of it is held back."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine("duckdb", spill_folder=Path(folder))
        project = Project(Path(folder), engine, more="[load]\nmax_quarantined = 1.0")
        project.write("feedback.csv", FEEDBACK)
        for number, text in enumerate(files):
            project.write(f"revenue-{number:03d}.csv", text)
        project.revenue = 'path = "revenue-*.csv"'
        try:
            return [entry for entry in project.load().ledger if entry.source == "revenue"]
        finally:
            engine.close()


def anchored(rows: Sequence[Row]) -> list[Row]:
    """Enough plain rows that every column's style is settled in every file."""
    plain = [("", f"c{n}", f"2024-03-{n + 10}", "1,000.25", "EUR") for n in range(12)]
    return [*plain, *rows]


def totals(entries: Sequence[LedgerEntry]) -> tuple[int, int, int, dict[str, int], dict[str, int]]:
    money: list[dict[str, int]] = [{}, {}]
    for entry in entries:
        assert entry.rows_read == entry.rows_accepted + entry.rows_excluded + entry.rows_quarantined
        assert entry.rows_quarantined == len(entry.quarantine)
        for sums, part in zip(money, (entry.minor_units_accepted, entry.minor_units_quarantined), strict=True):
            for code, units in part.items():
                sums[code] = sums.get(code, 0) + units
    read, kept, held = (
        sum(getattr(entry, name) for entry in entries) for name in ("rows_read", "rows_accepted", "rows_quarantined")
    )
    return read, kept, held, *(dict(sorted((k, v) for k, v in sums.items() if v)) for sums in money)


@settings(max_examples=25, deadline=None)
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_the_way_rows_are_written_does_not_matter(rows: list[Row], delimiter: str, quoting: int, end: str) -> None:
    plain = totals(ledger_of([write(anchored(rows), ",", csv.QUOTE_MINIMAL, "\n")]))
    assert totals(ledger_of([write(anchored(rows), delimiter, quoting, end)])) == plain
    assert plain[0] == len(anchored(rows))


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, cut=st.integers(0, 12), seed=st.integers(0, 99))
def test_neither_order_nor_splitting_into_files_loses_anything(rows: list[Row], cut: int, seed: int) -> None:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    whole = totals(ledger_of([write(anchored(rows), ",", csv.QUOTE_MINIMAL, "\n")]))
    split = totals(
        ledger_of(
            [
                write(anchored(shuffled[:cut]), ",", csv.QUOTE_MINIMAL, "\n"),
                write(anchored(shuffled[cut:])[::-1], ",", csv.QUOTE_MINIMAL, "\n"),
            ]
        )
    )
    assert split[0] == whole[0] + len(anchored([]))
    together = [
        {c: a.get(c, 0) + b.get(c, 0) for c in {**a, **b}} for a, b in ((whole[3], whole[4]), (split[3], split[4]))
    ]
    together[1]["EUR"] -= 100025 * len(anchored([]))
    assert {c: v for c, v in together[0].items() if v} == {c: v for c, v in together[1].items() if v}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='a1"\n\r,;\t |é', max_size=80))
def test_every_line_of_any_text_is_in_a_record_or_rejected(text: str) -> None:
    header = find_header(f"x,y\n{text}", wanted=frozenset("xy"), required=frozenset("xy"))
    reader = RecordReader(list(io.StringIO(f"x,y\n{text}", newline="")), header, day_index=None, place="x")
    seen: set[int] = set()
    for batch in reader.batches(size=2):
        for line, span in zip(batch.lines, batch.spans, strict=True):
            seen.update(range(line, line + span))
    for rejected in reader.rejected:
        seen.update(range(rejected.line, rejected.line + len(list(io.StringIO(rejected.raw + "x", newline="")))))
    lines = list(io.StringIO(f"x,y\n{text}", newline=""))
    unseen = [line for number, line in enumerate(lines, start=1) if number not in seen and number > 1]
    assert all(line.strip() in ("", "x,y") for line in unseen)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_ledger_or_one_clear_refusal(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(raw)
        try:
            stage_text(path, Path(folder), place="x.csv", encoding=None)
        except CxlinkError as error:
            assert error.code.startswith("CX1")  # noqa: PT017 - what is raised may be none, too


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*HEADER, "1", "2024-01-01", "01/02/2024", '"', "\n", ",", ";", "x", "1,5", "€"]), max_size=40
    )
)
def test_any_file_gives_a_ledger_or_clear_refusals(parts: list[str]) -> None:
    try:
        entries = ledger_of(["customer_id,charged_on,amount\n" + "".join(parts)])
    except RefusedData as error:
        entries = [entry for entry in error.ledger if entry.source == "revenue"]
    except (CxlinkError, Faults) as error:
        assert "CX1" in str(error)  # noqa: PT017 - what is raised may be none, too
        return
    totals(entries)
