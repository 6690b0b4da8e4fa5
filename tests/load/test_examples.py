"""The examples on the real data: every row and every cent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.handoff import LedgerEntry, Loaded
from cxlink.load import load
from cxlink.settings import read_settings
from tests.load.conftest import REPO


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine("duckdb", spill_folder=tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def load_example(
    engine: Engine, tmp_path: Path, real_data: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], Loaded]:
    def run(name: str, data: str) -> Loaded:
        monkeypatch.setenv("CXLINK_REAL_DATA", str(real_data(data).parent))
        shutil.copytree(REPO / "examples" / name, tmp_path / name)
        return load(read_settings(tmp_path / name / "cxlink.toml"), engine=engine)

    return run


def by_source(loaded: Loaded) -> dict[str, LedgerEntry]:
    return {entry.source: entry for entry in loaded.ledger}


def test_olist(load_example: Callable[[str, str], Loaded], engine: Engine) -> None:
    loaded = load_example("olist", "olist")
    ledger = by_source(loaded)
    assert ledger["revenue/orders"].rows_read == 4000
    assert ledger["revenue"].rows_accepted == 4161
    assert ledger["revenue"].minor_units_accepted == {"BRL": 64549405}
    assert ledger["feedback"].rows_accepted == 3986
    assert sum(entry.rows_quarantined for entry in loaded.ledger) == 0
    scores = engine.frame(
        "SELECT e.failed AS failed, count(*) AS n, round(avg(f.csat), 2) AS score FROM feedback AS f "
        "JOIN events AS e ON e.event_id = f.event_id GROUP BY e.failed ORDER BY e.failed"
    )
    assert [tuple(row) for row in scores.itertuples(index=False)] == [(False, 3562, 4.29), (True, 323, 2.43)]
    assert engine.scalar("SELECT count(*) FROM customers") == 3998
    assert loaded.attributes == {"state": "category"}


def test_online_retail(load_example: Callable[[str, str], Loaded], engine: Engine) -> None:
    loaded = load_example("online-retail", "online_retail")
    revenue = by_source(loaded)["revenue"]
    assert by_source(loaded)["revenue/retail"].rows_read == 541909
    assert (revenue.rows_read, revenue.rows_accepted, revenue.rows_rounded) == (541909, 541909, 4)
    assert revenue.minor_units_accepted == {"GBP": 974774793}
    assert engine.scalar("SELECT count(*) FROM revenue WHERE customer_id IS NULL") == 135080
    assert engine.scalar("SELECT count(DISTINCT customer_id) FROM revenue") == 4372
    assert engine.scalar("SELECT count(*) FROM revenue WHERE customer_id LIKE '%.0'") == 0
    assert by_source(loaded)["events"].rows_accepted == 3836
    assert by_source(loaded)["feedback"].rows_read == 0
    assert "CX105" in [message.code for message in loaded.messages]
