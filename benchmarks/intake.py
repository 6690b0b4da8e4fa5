"""From CSV files to customers' timelines: this program beside pandas and polars, in one run.

Makes the exports of a made-up company (ten million charges, two million answers), reads and links them with ``load``
and ``link``, and does the same work in pandas and in polars, each in a process of its own. Every side checks every date
and amount, counts cents exactly, looks for repeated ids, numbers the customers, lets each charge cover the days until
the customer's next one, spreads it over the months it covers, and tells the movements of each month and each
customer's last price. The sides must agree to the cent, or the run fails. Prints wall and processor time and peak
memory of each, the best of ``--rounds``.

    python benchmarks/intake.py
    python benchmarks/intake.py --rows 1e6 --answers 2e5 --rounds 1
    python benchmarks/intake.py --peer-python venv/bin/python    # where polars and pyarrow are

polars is no dependency of this program: ``pip install polars`` into the interpreter that is named.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MEMORY_LIMIT = "300MB"
BEYOND_DOUBLES = 9_007_199_254_740_993


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took, and what it found."""

    seconds: float
    processor_seconds: float
    megabytes: float
    totals: dict[str, object]


def make_exports(folder: Path, rows: int, answers: int, added_cents: int) -> None:
    """Write revenue.csv and feedback.csv, the same bytes every time.

    Three customers in four pay about monthly, the others every second month or once a year; some pause, some charges
    are refunds, and prices change now and then. Charges stand in the order of their days.
    """
    import duckdb

    engine = duckdb.connect(config={"threads": 2, "preserve_insertion_order": True})
    customers = max(1, rows // 36)
    # hash() is of this version of the engine; a remainder of a product of primes is of all
    engine.execute(
        f"create table charges as select i % {customers} as c, i // {customers} as k, i from range({rows}) as t(i)"
    )
    engine.execute(
        "create table dated as select c, k, i, case when (c * 7919) % 20 < 15 then (k * 304) // 10 + (k * 7) % 5"
        " when (c * 7919) % 20 < 19 then (k * 61 + c % 3) % 1095 else (k * 365 + k * 3) % 1095 end + c % 28 as day,"
        " 990 + (c * 104729) % 9000 + (k // (5 + c % 11)) * ((c * 31) % 400) as cents,"
        " (c * 13 + k * 17) % 50 = 0 as is_refund, (c + k * 5) % 37 = 0 as is_pause from charges"
    )
    engine.execute(
        "copy (select printf('C%07d', c) as customer_id, strftime(date '2023-01-01' + cast(day % 1095 as integer),"
        f" '%Y-%m-%d') as charged_on, case when is_refund then '-' else '' end || (cents + {added_cents}) // 100 || '.'"
        f" || lpad(cast((cents + {added_cents}) % 100 as varchar), 2, '0') as amount,"
        " printf('INV-%08d', i) as invoice_id, 'EUR' as currency,"
        " case when is_refund then 'refund' when is_pause then 'one_off' else 'recurring' end as kind"
        f" from dated order by day % 1095, i) to '{folder / 'revenue.csv'}' (header, delimiter ',')"
    )
    engine.execute(
        f"copy (select printf('R%08d', i) as response_id, printf('C%07d', (i * 104659) % {customers + customers // 50})"
        " as customer_id, strftime(timestamp '2023-01-01' + to_seconds(cast((i * 31337) % 94608000 as bigint)),"
        " '%Y-%m-%d %H:%M:%S') as responded_at, cast((i * 7) % 11 as varchar) as nps, case i % 7 when 0 then ''"
        " when 1 then 'late again, very \"late\" delivery ' || i when 2 then 'the invoice is wrong' || chr(10) ||"
        f" 'please help' else 'all fine, thanks' end as comment from range({answers}) as t(i))"
        f" to '{folder / 'feedback.csv'}' (header, delimiter ',')"
    )
    engine.close()


def make_apart(folder: Path, rows: int, answers: int, added_cents: int) -> None:
    """Make exports in another process: the system counts what a parent held at the start of a child as the child's."""
    maker = multiprocessing.get_context("spawn").Process(target=make_exports, args=(folder, rows, answers, added_cents))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise SystemExit("the exports could not be made")


def time_run(command: list[str]) -> Run:
    """Run a process; wall time, processor time and peak memory are the system's own figures for it."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    shown = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    totals: dict[str, object] = json.loads(shown.splitlines()[-1])
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, totals)


def check_equal(runs: dict[str, list[Run]]) -> None:
    """Fail where any two sides differ in any total."""
    (first, (one, *_)), *others = runs.items()
    for name, found in others:
        for run in found:
            differing = [key for key in one.totals if one.totals[key] != run.totals.get(key)]
            if differing:
                lines = [
                    f"  {key}:\n    {first} {one.totals[key]}\n    {name} {run.totals.get(key)}" for key in differing
                ]
                raise SystemExit(f"{first} and {name} differ:\n" + "\n".join(lines))


def show(runs: dict[str, list[Run]]) -> None:
    """Print times and memory, and ratios of the best of each."""
    best = {name: min(found, key=lambda run: run.seconds) for name, found in runs.items()}
    print(f"{'':18}{'wall':>9}{'processor':>11}{'memory':>10}")
    for name, run in best.items():
        print(f"{name:18}{run.seconds:7.1f} s{run.processor_seconds:9.1f} s{run.megabytes:7,.0f} MB")
    ours = best["cxlink"]
    for name in ("pandas", "polars"):
        if name in best:
            peer = best[name]
            print(
                f"{name} / cxlink: {peer.seconds / ours.seconds:.1f} times the wall time,"
                f" {peer.processor_seconds / ours.processor_seconds:.1f} times the processor time,"
                f" {peer.megabytes / ours.megabytes:.1f} times the memory"
            )
    limited = best.get(f"cxlink {MEMORY_LIMIT}")
    if limited is not None:
        print(
            f"with {MEMORY_LIMIT} for the engine: {limited.seconds / ours.seconds:.2f} times the wall time,"
            f" {limited.processor_seconds / ours.processor_seconds:.2f} times the processor time"
        )


def peers_of(python: str) -> dict[str, list[str]]:
    """Commands of the peers that this interpreter can run; says how to install those that it cannot."""
    found = {"pandas": [sys.executable, str(HERE / "intake_pandas.py")]}
    if subprocess.run([python, "-c", "import polars"], capture_output=True, check=False).returncode:
        print("polars is left out: pip install polars, and name its interpreter with --peer-python")
        return found
    return {**found, "polars": [python, str(HERE / "intake_polars.py")]}


def main() -> None:
    """Make the exports, run all sides in turn, and print how they compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, default=10e6)
    parser.add_argument("--answers", type=float, default=2e6)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peer-python", default=sys.executable, help="an interpreter that has polars")
    parser.add_argument("--folder", type=Path, help="keep the exports here, and use those that are there")
    parser.add_argument("--only", nargs="+", help="sides to run", default=["cxlink", "limited", "pandas", "polars"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        small = Path(temporary) / "large amounts"
        small.mkdir()
        make_apart(small, 660, 3000, BEYOND_DOUBLES)
        folder = arguments.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        if not (folder / "feedback.csv").exists():
            make_apart(folder, int(arguments.rows), int(arguments.answers), 0)
        ours = [sys.executable, str(HERE / "intake_cxlink.py")]
        sides = {"cxlink": ours, f"cxlink {MEMORY_LIMIT}": [*ours, "--memory-limit", MEMORY_LIMIT]}
        sides |= peers_of(arguments.peer_python)
        wanted = {"limited" if MEMORY_LIMIT in name else name: name for name in sides}
        sides = {wanted[short]: sides[wanted[short]] for short in arguments.only if short in wanted}
        large = {name: [time_run([*command, str(small)])] for name, command in sides.items()}
        check_equal(large)
        print(f"amounts above 2**53 cents: {', '.join(large)} agree to the cent")
        runs: dict[str, list[Run]] = {name: [] for name in sides}
        for _ in range(arguments.rounds):
            for name, command in sides.items():
                runs[name].append(time_run([*command, str(folder)]))
                last = runs[name][-1]
                print(f"  {name:16}{last.seconds:7.1f} s{last.processor_seconds:9.1f} s{last.megabytes:7,.0f} MB")
        check_equal(runs)
    totals = next(iter(runs.values()))[0].totals
    print("all sides agree: " + ", ".join(f"{key} {value}" for key, value in totals.items() if key != "movements"))
    show(runs)


if __name__ == "__main__":
    main()
