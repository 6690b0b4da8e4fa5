"""Typed tables that are kept: the same as a fresh load, and never after anything has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cxlink.engine.open import open_engine
from cxlink.load import RefusedData, load
from cxlink.load.cache import FACTS, ROWS
from cxlink.load.tables import TABLES
from cxlink.settings import read_settings

REVENUE = (
    "customer_id,charged_on,amount,invoice_id\nc1,2024-01-31,12.50,i1\nc2,2024-02-29,7.00,i2\n c3,2024-02-29,x,i3\n"
)
FEEDBACK = 'response_id,customer_id,responded_at,nps,comment\nr1,c1,2024-01-31 10:00:00,9,"late, again"\n'
CUSTOMERS = "customer_id,acquired_on,plan,usage\nc1,2023-01-01,basic,1.5\nc2,2023-02-01,,2\n"
CONFIG = """[project]
name = "Test"
currency = "EUR"
observed_to = 2024-02-29
[load]
max_quarantined = 0.5
[[sources.revenue]]
path = "revenue*.csv"
[[sources.feedback]]
path = "feedback.csv"
[[sources.customers]]
query = "customers.sql"
inputs = { people = "people.csv" }
"""
SQL = "SELECT customer_id, acquired_on, plan, usage FROM people"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    texts = {
        "revenue.csv": REVENUE,
        "feedback.csv": FEEDBACK,
        "people.csv": CUSTOMERS,
        "cxlink.toml": CONFIG,
        "customers.sql": SQL,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def seen(folder: Path, *, cached: bool = True) -> tuple[object, ...]:
    """Everything that a load gives."""
    settings = read_settings(folder / "cxlink.toml")
    engine = open_engine("duckdb", spill_folder=folder)
    try:
        loaded = load(settings, engine=engine, cache=folder / "cache" if cached else None)
        rows = {}
        for name in TABLES:
            types = engine.query_types(f"SELECT * FROM {name}")
            frame = engine.frame(f"SELECT * FROM {name} ORDER BY file, line")
            rows[name] = (types, frame.to_csv(index=False))
        given = {name: tuple(columns) for name, columns in loaded.columns.items()}
        return loaded.ledger, loaded.messages, given, dict(loaded.attributes), loaded.observed_to, rows
    finally:
        engine.close()


def kept(folder: Path) -> list[str]:
    return sorted(path.name.rpartition("-")[0] for path in (folder / "cache").iterdir())


def test_a_kept_load_equals_a_fresh_one(company: Path) -> None:
    fresh = seen(company, cached=False)
    assert seen(company) == fresh
    assert kept(company) == ["customers", "feedback", "revenue"]
    marks = {path: path.stat().st_ino for path in (company / "cache").glob(f"*/{ROWS}")}
    assert seen(company) == fresh
    assert {path: path.stat().st_ino for path in (company / "cache").glob(f"*/{ROWS}")} == marks


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("revenue.csv", "12.50", "12.51"),
        ("feedback.csv", ",9,", ",8,"),
        ("people.csv", "basic", "extra"),
        ("customers.sql", "acquired_on, plan", "'2022-01-01' AS acquired_on, plan"),
        ("cxlink.toml", 'currency = "EUR"', 'currency = "JPY"'),
        ("cxlink.toml", 'name = "Test"', 'name = "Test"\ntimezone = "Asia/Tokyo"'),
        ("cxlink.toml", '"revenue*.csv"', '"revenue*.csv"\nexclude = { amount = "7.00" }'),
    ],
)
def test_what_has_changed_is_read_again(company: Path, name: str, old: str, new: str) -> None:
    before = seen(company)
    text = (company / name).read_text(encoding="utf-8")
    assert old in text
    stat = (company / name).stat()
    (company / name).write_text(text.replace(old, new), encoding="utf-8")
    os.utime(company / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # content counts, not the clock
    after = seen(company)
    assert after == seen(company, cached=False)
    if "timezone" not in new:
        assert after != before


def test_a_further_file_is_seen(company: Path) -> None:
    seen(company)
    (company / "revenue2.csv").write_text(REVENUE.replace(",i", ",j"), encoding="utf-8")
    assert seen(company) == seen(company, cached=False)


@pytest.mark.parametrize("name", [ROWS, FACTS])
def test_damage_is_noticed(company: Path, name: str) -> None:
    fresh = seen(company)
    for path in (company / "cache").glob(f"*/{name}"):
        path.write_bytes(path.read_bytes()[:-7] + b"\0\0\0\0\0\0\0")
    assert seen(company) == fresh


def test_a_refused_load_is_not_kept(company: Path) -> None:
    text = CONFIG.replace("max_quarantined = 0.5", "max_quarantined = 0.1")
    (company / "cxlink.toml").write_text(text, encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RefusedData):
            seen(company)
    assert "revenue" not in kept(company)


def test_only_the_owner_may_read_it(company: Path) -> None:
    seen(company)
    assert (company / "cache").stat().st_mode & 0o077 == 0
    for path in (company / "cache").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_that_cannot_be_made_stops_nothing(company: Path) -> None:
    (company / "cache").write_text("in the way")
    assert seen(company) == seen(company, cached=False)
