"""This program's side of ``benchmarks/intake.py``: ``load`` and ``link``, without any cache."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from cxlink.engine.open import open_engine
from cxlink.handoff import Tagged
from cxlink.link import link
from cxlink.link.movements import MOVEMENTS
from cxlink.load import load
from cxlink.settings import Settings

TAG_COLUMNS = ("record_id", "table", "component", "cause", "source", "rule", "evidence", "intent")


def main() -> None:
    """Read and link the exports of a folder, and print their totals."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory-limit")
    arguments = parser.parse_args()
    settings = Settings.model_validate(
        {
            "project": {"name": "Benchmark", "currency": "EUR"},
            "sources": {"revenue": [{"path": "revenue.csv"}], "feedback": [{"path": "feedback.csv"}]},
            "model": {"business": "subscription"},
            "folder": arguments.folder,
        }
    )
    no_tags = Tagged(pd.DataFrame({name: [] for name in TAG_COLUMNS}, dtype=object), "", "", ())
    engine = open_engine("duckdb", spill_folder=arguments.folder, memory_limit=arguments.memory_limit)
    try:
        loaded = load(settings, engine=engine)
        linked = link(loaded, no_tags, settings, divisor=1)
    finally:
        engine.close()
    moves = linked.movements
    shown = {
        "revenue_rows": next(entry.rows_accepted for entry in loaded.ledger if entry.source == "revenue"),
        "cents": next(entry.minor_units_accepted["EUR"] for entry in loaded.ledger if entry.source == "revenue"),
        "customers": len(linked.customers),
        "first_days": int(linked.customers["acquired_day"].sum()),
        "priced_customers": int(linked.customers["monthly_price"].notna().sum()),
        "last_prices": sum(map(int, linked.customers["monthly_price"].dropna())),
        "answers": len(linked.responses),
        "answers_matched": int((linked.responses["customer"] >= 0).sum()),
        "scores": int(linked.responses["nps"].sum()),
        "movements": {name: [int(value) for value in moves[name]] for name in ("opening", *MOVEMENTS, "closing")},
    }
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
