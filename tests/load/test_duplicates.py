"""Ids that repeat are found however many keys are looked at together."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxlink.engine.open import open_engine
from cxlink.load import duplicates, load
from cxlink.settings import Settings


@pytest.mark.parametrize("at_once", [1, 3, 10, 1000])
@pytest.mark.parametrize("repeated", [None, 0, 7, 29])
def test_an_id_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, repeated: int | None
) -> None:
    monkeypatch.setattr(duplicates, "SORTED_AT_ONCE", at_once)
    rows = [f"c,2024-01-{day:02d},1.00,i{day}" for day in range(1, 31)]
    rows += [] if repeated is None else [f"c,2024-02-01,1.00,i{repeated + 1}"]
    (tmp_path / "revenue.csv").write_text("customer_id,charged_on,amount,invoice_id\n" + "\n".join(rows) + "\n")
    (tmp_path / "feedback.csv").write_text("response_id,customer_id,responded_at,nps\nr,c,2024-01-01,9\n")
    settings = Settings.model_validate(
        {
            "project": {"name": "x", "currency": "EUR"},
            "sources": {"revenue": [{"path": "revenue.csv"}], "feedback": [{"path": "feedback.csv"}]},
            "load": {"max_quarantined": 0.5},
            "folder": tmp_path,
        }
    )
    engine = open_engine("duckdb")
    try:
        entry = next(e for e in load(settings, engine=engine).ledger if e.source == "revenue")
    finally:
        engine.close()
    assert (entry.rows_accepted, entry.rows_quarantined) == (30, 0 if repeated is None else 1)
