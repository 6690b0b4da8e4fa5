"""What holds of loading whatever the rows: the way they are written, cut up and named does not matter."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from tests.load.pollution.bench import Bench, Outcome, Row, run
from tests.load.pollution.draft import Draft, Record
from tests.load.pollution.families.damage import gz, zipped
from tests.load.pollution.families.encodings import MARKS
from tests.load.pollution.truth import FEEDBACK_COLUMNS, REVENUE_COLUMNS

WORDS = st.text(alphabet="ab0.,;|\t'\"\n\r €é\\שﬁ🙂\u2028\x0b", max_size=12)
CHARGE = st.tuples(
    st.text(alphabet="aNA0. é_", max_size=5),
    st.sampled_from(["2024-02-01", "2024-02-29 10:00:00", "2024-12-31T00:00:00Z", "2024-02-30", "", "soon"]),
    st.sampled_from(["1.00", "-2.50", "0.005", "1,234.56", "x", "", "NaN", "90071992547409.93", "(3.10)", "€5", "1e3"]),
    st.sampled_from(["", "EUR", "JPY", "usd", "12"]),
    st.sampled_from(["", "recurring", "Refund", "?"]),
)
ANSWER = st.tuples(
    st.text(alphabet="aNA0. é_", max_size=5),
    st.sampled_from(["2024-02-01", "2024-02-29 10:00:00.5", "2024-12-31T00:00:00Z", "2024-02-30", "", "soon"]),
    st.sampled_from(["0", "10", "11", "", "9.0", "x"]),
    st.sampled_from(["en", ""]),
    WORDS,
)
CHARGES, ANSWERS = st.lists(CHARGE, max_size=10), st.lists(ANSWER, max_size=10)
FORM = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "quoting": st.sampled_from(["minimal", "all"]),
        "ends": st.sampled_from([("\n",), ("\r\n",), ("\r",), ("\n", "\r\n")]),
        "encoding": st.sampled_from(["", *MARKS]),
        "pack": st.sampled_from([(), (gz,), (zipped,)]),
    }
)
LOAD: dict[str, dict[str, Any]] = {"load": {"max_quarantined": 1.0}, "project": {"observed_to": date(2024, 1, 31)}}
OPTIONS: dict[str, dict[str, Any]] = {
    "revenue": {"dates": "%Y-%m-%d", "decimal": "."},
    "feedback": {"dates": "%Y-%m-%d"},
    **LOAD,
}
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Cells = tuple[str, ...]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=Path(tmp_path_factory.mktemp("spill")))
    yield opened
    opened.close()


def draft_of(name: str, columns: tuple[str, ...], rows: Sequence[Cells], prefix: str = "k") -> Draft:
    """A file of such rows, each with a key of its own, below one plain row."""
    plain = {"revenue": ("c", "2024-01-31", "1.00", "EUR", "recurring"), "feedback": ("c", "2024-01-31", "9", "en", "")}
    table = "revenue" if columns is REVENUE_COLUMNS else "feedback"
    keyed = [(f"{prefix}{n}", *cells) for n, cells in enumerate((plain[table], *rows))]
    return Draft(name, columns, tuple(Record(dict(zip(columns, cells, strict=True)), {}) for cells in keyed))


def bench_of(charges: Sequence[Cells], answers: Sequence[Cells]) -> Bench:
    """The pair of exports."""
    revenue, feedback = (
        draft_of("revenue.csv", REVENUE_COLUMNS, charges),
        draft_of("feedback.csv", FEEDBACK_COLUMNS, answers),
    )
    return Bench((revenue,), (feedback,), OPTIONS)


def in_form(draft: Draft, form: dict[str, Any]) -> Draft:
    """The same file, written in another way."""
    encoding = form["encoding"]
    how = {**form, "encoding": encoding or "utf-8", "mark": MARKS.get(encoding, b"")}
    return replace(draft, **how)


def loaded(bench: Bench, engine: Engine) -> Outcome:
    """Load; nothing is refused where all may be held back."""
    outcome = run(bench, engine)
    assert outcome.error is None, outcome.error
    for entry in outcome.ledger:
        assert entry.rows_read == entry.rows_accepted + entry.rows_excluded + entry.rows_quarantined
        assert entry.rows_quarantined == len(entry.quarantine)
    return outcome


def content(outcome: Outcome) -> dict[str, Counter[Row]]:
    """Canonical rows without their places."""
    return {table: Counter(rows.values()) for table, rows in outcome.rows.items()}


def totals(outcome: Outcome) -> dict[str, Counter[str]]:
    """Rows and cents of each table, over all its files."""
    found: dict[str, Counter[str]] = {}
    for entry in outcome.ledger:
        sums = found.setdefault(entry.source, Counter())
        for name in ("rows_read", "rows_accepted", "rows_excluded", "rows_quarantined", "rows_rounded"):
            sums[name] += getattr(entry, name)
        for code, units in entry.minor_units_accepted.items():
            sums[f"accepted {code}"] += units
        for code, units in entry.minor_units_quarantined.items():
            sums[f"held back {code}"] += units
        sums.update(row.code for row in entry.quarantine)
    return found


def nonzero(sums: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Sums that are not nothing."""
    return {table: {key: value for key, value in counts.items() if value} for table, counts in sums.items()}


def assert_same(first: Outcome, second: Outcome) -> None:
    """The same rows, and the same sums."""
    assert content(first) == content(second)
    assert nonzero(totals(first)) == nonzero(totals(second))


@MANY
@given(charges=CHARGES, answers=ANSWERS, forms=st.tuples(FORM, FORM))
def test_the_way_files_are_written_does_not_matter(
    charges: list[Cells], answers: list[Cells], forms: tuple[dict[str, Any], dict[str, Any]], engine: Engine
) -> None:
    bench = bench_of(charges, answers)
    other = bench.on("revenue", lambda d: in_form(d, forms[0])).on("feedback", lambda d: in_form(d, forms[1]))
    first, second = loaded(bench, engine), loaded(other, engine)
    assert_same(first, second)
    assert totals(first)["revenue"]["rows_read"] == len(charges) + 1
    assert totals(first)["feedback"]["rows_read"] == len(answers) + 1


@MANY
@given(charges=CHARGES, answers=ANSWERS, seed=st.integers(0, 99))
def test_the_order_of_rows_and_columns_does_not_matter(
    charges: list[Cells], answers: list[Cells], seed: int, engine: Engine
) -> None:
    def shuffled(draft: Draft) -> Draft:
        rng = random.Random(seed)
        records, columns = list(draft.records), list(draft.columns)
        rng.shuffle(records)
        rng.shuffle(columns)
        return replace(draft, records=tuple(records), columns=tuple(columns))

    bench = bench_of(charges, answers)
    assert_same(loaded(bench, engine), loaded(bench.on("revenue", shuffled).on("feedback", shuffled), engine))


@MANY
@given(charges=CHARGES, cut=st.integers(1, 10), form=FORM)
def test_splitting_into_files_does_not_matter(
    charges: list[Cells], cut: int, form: dict[str, Any], engine: Engine
) -> None:
    bench = bench_of(charges, [])
    (whole,) = bench.revenue
    parts = (
        replace(whole, name="a.csv", records=whole.records[:cut]),
        in_form(replace(whole, name="b.csv", records=whole.records[cut:]), form),
    )
    assert_same(loaded(bench, engine), loaded(replace(bench, revenue=parts), engine))


@MANY
@given(charges=CHARGES, seed=st.integers(0, 99))
def test_other_names_for_customers_change_only_the_names(charges: list[Cells], seed: int, engine: Engine) -> None:
    names = sorted({cells[0].strip() for cells in charges} - {""})
    others = [f"customer {n}" for n in range(len(names))]
    random.Random(seed).shuffle(others)
    renamed = dict(zip(names, others, strict=True))
    again = [(renamed.get(cells[0].strip(), ""), *cells[1:]) for cells in charges]
    first, second = loaded(bench_of(charges, []), engine), loaded(bench_of(again, []), engine)
    expected = Counter((row[0], renamed.get(row[1] or "", row[1]), *row[2:]) for row in first.rows["revenue"].values())
    assert content(second)["revenue"] == expected
    assert nonzero(totals(first)) == nonzero(totals(second))


LATER = st.lists(
    st.tuples(
        st.sampled_from(["c", "0", "NA", ""]),
        st.sampled_from(
            [
                "2024-05-01",
                "13/05/2024",
                "05/13/2024",
                "05/06/2024",
                "1.6.2024",
                "2024-05-01 10:00 PM",
                "2024-05-01 13:00",
                "45000",
                "",
                "soon",
            ]
        ),
        st.sampled_from(["1.00", "1,00", "1,234", "1.234", "1.234,56", "x", "1e3", "€1", ""]),
        st.sampled_from(["EUR", "JPY", "KWD", "", "?"]),
        st.sampled_from(["refund", "recurring", ""]),
    ),
    min_size=1,
    max_size=6,
)


@MANY
@given(later=LATER, n_plain=st.sampled_from([3, 30, 300]))
def test_later_rows_never_change_earlier_ones(later: list[Cells], n_plain: int, engine: Engine) -> None:
    """They may make the file unreadable as a whole, if they mix formats; they never change what a row means."""
    plain = [
        ("c", f"2024-{n % 4 + 1:02d}-{n % 28 + 1:02d} 1{n % 10}:30", f"{n}.25", "EUR", "recurring")
        for n in range(n_plain)
    ]
    before, after = (replace(bench_of(rows, []), options=LOAD) for rows in (plain, plain + later))
    first, second = loaded(before, engine), run(after, engine)
    if second.error is None:
        earlier = {place: row for place, row in second.rows["revenue"].items() if place[1] <= n_plain + 2}
        assert earlier == first.rows["revenue"]
    else:
        assert second.faults


def _copied(bench: Bench, **changes: Any) -> Bench:
    (whole,) = bench.revenue
    return replace(bench, revenue=(whole, replace(whole, name="copy.csv", **changes)))


@contextmanager
def _told(outcome: Outcome) -> Iterator[None]:
    """What counts twice must be held back, or warned of."""
    codes = {message.code for message in outcome.messages} | {row.code for e in outcome.ledger for row in e.quarantine}
    yield
    assert codes & {"CX131", "CX133", "CX235"}, codes


@MANY
@given(charges=CHARGES, way=st.sampled_from(["path", "copy", "line ends"]), with_ids=st.booleans())
def test_a_file_that_comes_twice_does_not_go_unnoticed(
    charges: list[Cells], way: str, with_ids: bool, engine: Engine
) -> None:
    bench = bench_of(charges, [])
    if not with_ids:
        bench = bench.on("revenue", lambda d: replace(d, columns=d.columns[1:]))
    twice = {
        "path": replace(bench, paths={"revenue": ["revenue.csv", "./revenue.csv"]}),
        "copy": _copied(bench),
        "line ends": _copied(bench, ends=("\r\n",)),
    }[way]
    once, outcome = loaded(bench, engine), loaded(twice, engine)
    with _told(outcome):
        if way == "path" or with_ids:
            assert content(outcome) == content(once)
