"""Charges in slices, in any order of rows and on any number of threads, and changes of price in cells."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cxlink.engine.duckdb_engine import DuckDBEngine
from cxlink.engine.open import THREADS, open_engine
from cxlink.errors import EngineError
from cxlink.handoff import Loaded
from cxlink.link.changes import Pairs, find_pairs, incident_keys, reduce_pairs
from cxlink.link.charges import Charges, read_charges
from cxlink.link.months import add_up_months, take_apart
from cxlink.link.movements import MOVEMENTS, MovementCounter
from cxlink.link.spans import measure_spans

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
FIRST_MONTH, LAST_MONTH = 2024 * 12, 2024 * 12 + 11
BEYOND_DOUBLES = 2**53 + 1
NOBODY = pd.DataFrame({"customer": [], "incident_day": []}, dtype="int64")


def build_charges(rows: list[tuple[int, str, int]]) -> Charges:
    customer, days, amount = zip(*rows, strict=True)
    day = pd.to_datetime(list(days)).to_numpy().astype("datetime64[D]").astype(np.int64)
    order = np.lexsort([day, np.array(customer)])
    units = np.array(amount, dtype=np.int64)[order]
    none = np.zeros(len(rows), dtype=np.int64)
    return Charges(np.array(customer, dtype=np.int64)[order], day[order], units, units, none, none)


def put_narrow(engine: DuckDBEngine, seed: int) -> Loaded:
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "customer": random.integers(-1, 40, 3000).astype(np.int32),
            "charged_day": random.integers(19700, 20200, 3000).astype(np.int32),
            "amount_minor": random.integers(-500, 5000, 3000),
            "kind_number": random.integers(0, 2, 3000).astype(np.int8),
        }
    )
    engine.create_table(
        "narrow_revenue",
        {"customer": "integer", "charged_day": "integer", "amount_minor": "bigint", "kind_number": "tinyint"},
    )
    engine.append("narrow_revenue", rows.sample(frac=1, random_state=seed))
    return Loaded(engine, (), {}, {}, FIRST, LAST, ())


def count_all(slices: list[Charges]) -> pd.DataFrame:
    counter = MovementCounter(FIRST_MONTH, LAST_MONTH)
    for charges in slices:
        counter.add(add_up_months(charges, take_apart(charges, measure_spans(charges))))
    return counter.frame()


@pytest.mark.parametrize("slice_rows", [1, 100, 700])
def test_the_size_of_slices_changes_nothing(slice_rows: int) -> None:
    engine = DuckDBEngine(threads=4)
    try:
        loaded = put_narrow(engine, seed=3)
        whole, slices = list(read_charges(loaded)), list(read_charges(loaded, slice_rows=slice_rows))
    finally:
        engine.close()
    assert len(whole) == 1 < len(slices)
    assert sum(len(part.day) for part in slices) == len(whole[0].day)
    pd.testing.assert_frame_equal(count_all(whole), count_all(slices))


def test_amounts_beyond_doubles_are_exact_to_the_cent() -> None:
    rows = [(0, f"2024-{month:02d}-03", BEYOND_DOUBLES + month) for month in range(1, 13)]
    charges = build_charges([*rows, (1, "2024-01-01", BEYOND_DOUBLES), (1, "2024-12-01", -BEYOND_DOUBLES)])
    parts = take_apart(charges, measure_spans(charges))
    spread = pd.Series(parts.price).groupby(parts.charge).sum()
    assert list(spread) == list(charges.amount)
    moves = count_all([charges])
    assert (
        moves["closing"].iloc[5]
        == BEYOND_DOUBLES + 6 + BEYOND_DOUBLES // 11 + (BEYOND_DOUBLES % 11 * 6) // 11 - (BEYOND_DOUBLES % 11 * 5) // 11
    )
    assert (moves["opening"] + moves[list(MOVEMENTS)].sum(axis=1) == moves["closing"]).all()


def test_months_of_a_long_charge_go_towards_zero() -> None:
    charges = build_charges([(0, "2024-01-01", -1000), (0, "2024-04-01", 100)])
    parts = take_apart(charges, measure_spans(charges))
    assert list(parts.price[:3]) == [-333, -333, -334]


def monthly_pairs() -> Pairs:
    rows = [(who, f"2024-{month:02d}-10", 1000 + 13 * who + 7 * month) for who in range(5) for month in range(1, 13)]
    charges = build_charges(rows)
    return find_pairs(charges, measure_spans(charges), 0)


def test_cells_add_up_to_the_pairs() -> None:
    pairs = monthly_pairs()
    met = pd.DataFrame({"customer": [1, 1, 3], "incident_day": pairs.before[[0, 0, 4]] + 3})
    cells = reduce_pairs(pairs, incident_keys(met))
    assert cells["n_changes"].sum() == len(pairs.after) == pairs.n_all
    assert (cells["n_changes"] * cells["log_change"]).sum() == pytest.approx(pairs.log_change.sum(), rel=1e-12)
    apart = cells.loc[cells["before_day"] < cells["after_day"]]
    assert list(apart["customer"]) == [1, 3]
    assert list(apart["n_changes"]) == [1, 1]
    # four quarters each; in those with an incident the rest of the quarter is a cell of its own
    assert len(cells) == 5 * 4 + 2
    keys = cells["customer"].to_numpy() * 10_000_000 + cells["after_day"].to_numpy()
    assert (np.diff(keys) > 0).all()


def test_an_incident_counts_from_the_day_of_the_first_charge_to_the_day_before_the_second() -> None:
    pairs = monthly_pairs()
    before, after = int(pairs.before[0]), int(pairs.after[0])
    for day, is_between in ((before - 1, False), (before, True), (after - 1, True)):
        cells = reduce_pairs(pairs, incident_keys(pd.DataFrame({"customer": [0], "incident_day": [day]})))
        assert bool((cells["before_day"] == before).any()) is is_between
    plain = reduce_pairs(pairs, incident_keys(NOBODY))
    assert (plain["before_day"] == plain["after_day"]).all()


def test_the_number_of_threads_is_asked_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS, "3")
    engine = open_engine("duckdb")
    assert engine.scalar("select current_setting('threads')") == 3
    engine.close()
    monkeypatch.setenv(THREADS, "many")
    with pytest.raises(EngineError, match="CX601"):
        open_engine("duckdb")
