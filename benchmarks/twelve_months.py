"""Twelve months one after another, as a job in CI would run them, with a step planted in the seventh.

A company is drawn (``cxlink.simulate``, scenario ``step``: delivery goes wrong 1.8 times as often from July on) and
its exports are written as they stood at the end of each month. Each month ``cxlink run`` starts in a process of its
own, with what the months before have left in ``.cxlink`` and nothing else. Printed for each month: the cut-off, which
charts gave a signal, when the level of delivery's reach is said to have changed, and what is said to be restated.
Checked are:

* the cut-off follows the data to the month's last day, with no date in the configuration;
* before the step the chart of delivery's reach gives no signal; from its second month on at the latest it does;
* the interval of the change holds July;
* limits that were frozen do not move;
* the last month gives the same bytes when run again with what the months before have left, but without the cache.

    python -m benchmarks.twelve_months                      # 1,500 customers, about ten minutes
    python -m benchmarks.twelve_months --customers 600 --seed 4
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cxlink.simulate import simulate
from tests.monthly_exports import write_exports_of

STEP = "2025-07"
WATCHED = ("reach", "delivery", "")


def main() -> None:
    """Run the months and check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--draws", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faults = list(_months(Path(folder), arguments.customers, arguments.seed, arguments.draws))
    print("\n".join(faults) if faults else "everything is as it should be")
    raise SystemExit(1 if faults else 0)


def _months(folder: Path, customers: int, seed: int, draws: int) -> Iterator[str]:
    full, job = folder / "full", folder / "job"
    simulate(full, customers=customers, seed=seed, scenario="step", with_effects=False)
    config = full / "cxlink.toml"
    text = config.read_text(encoding="utf-8").replace("[model]", f"[model]\ndraws = {draws}", 1)
    config.write_text(text, encoding="utf-8")
    frozen: dict[tuple[str, str, str], Any] = {}
    for month in range(1, 13):
        last = date(2025, month, monthrange(2025, month)[1])
        write_exports_of(full, last, job)
        if month == 12:
            shutil.copytree(job, folder / "again", ignore=shutil.ignore_patterns("cache", "tmp"))
        results = _run(job, folder / f"{last}")
        signals = [row for row in results["monitor"] if row["signal"] and row["month"] == f"{last}"[:7]]
        changes = [one for one in results["monitor_summary"]["changes"] if _key(one) == WATCHED]
        yield from _judge(last, results, signals, changes)
        for one in results["monitor_summary"]["baselines"]:
            if frozen.setdefault(_key(one), one) != one:
                yield f"{last}: limits of {' '.join(_key(one))} moved"
        print(
            f"{results['observed']['to']}  charts {results['monitor_summary']['watched']}"
            f"  false alarms expected {results['monitor_summary']['expected_false_alarms']:.1f}"
            f"  signals: {'; '.join(' '.join(filter(None, (*_key(row), row['rule']))) for row in signals) or 'none'}"
            f"  level changed: {_say(changes)}  restated: {len(results['diff']['restated'])}",
            flush=True,
        )
    again = _run(folder / "again", folder / "twice")
    if again != results:
        yield "the last month is another without the cache"


def _judge(
    last: date, results: dict[str, Any], signals: list[dict[str, Any]], changes: list[dict[str, Any]]
) -> Iterator[str]:
    month = f"{last}"[:7]
    if results["observed"]["to"] != f"{last}":
        yield f"{month}: the cut-off is {results['observed']['to']}"
    signalled = any(_key(row) == WATCHED for row in signals)
    if month != STEP and signalled != (month > STEP):
        yield f"{month}: delivery's reach {'gave a' if signalled else 'gave no'} signal"
    if month >= "2025-10" and not changes:
        yield f"{month}: no change of level is told"
    if any(not one["from_month"] <= STEP <= one["to_month"] for one in changes):
        yield f"{month}: the change is said to be {_say(changes)}"
    if results["diff"]["restated"]:
        yield f"{month}: {results['diff']['restated'][:2]} is said to be restated"


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["series"], row["component"], row["cause"]


def _say(changes: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['month']} ({one['from_month']} to {one['to_month']})" for one in changes) or "no"


def _run(job: Path, out: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "cxlink",
        "run",
        "--config",
        str(job / "cxlink.toml"),
        "--out",
        str(out),
        "--quiet",
    ]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767571200"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=job)
    if done.returncode != 0:
        raise SystemExit(f"the run of {out.name} ended with {done.returncode}: {done.stderr}")
    results: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return results


if __name__ == "__main__":
    main()
