"""Load thousands of spoilt exports: each must be refused in order, or leave a ledger that adds up.

``python -m benchmarks.fuzz_intake [count] [--seed FIRST]`` from the repository (default 10000 inputs from seed 0).
Prints how the loads ended and, for each failure, the seed with which ``--replay SEED`` shows it again. ``--pairs`` runs
instead all pairs of the designed pollutions, of which the tests take a part.
"""

from __future__ import annotations

import argparse
import faulthandler
import time
import traceback
from collections import Counter
from pathlib import Path

from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from tests.load.pollution.bench import Bench, run
from tests.load.pollution.cases import pairs
from tests.load.pollution.draft import write
from tests.load.pollution.mutants import fault_of, mutant
from tests.load.pollution.oracle import judge

EVERY = 1000


def fuzz(count: int, first: int, engine: Engine) -> int:
    """Run the mutants; return how many failed."""
    ends: Counter[str] = Counter()
    started = time.perf_counter()
    for number, seed in enumerate(range(first, first + count), start=1):
        fault, end = fault_of(mutant(seed), engine)
        ends["FAILED" if fault else end] += 1
        if fault:
            print(f"seed {seed}: {ascii(fault)[:300]}", flush=True)
        if number % EVERY == 0:
            print(f"{number} inputs, {ends['FAILED']} failed, {time.perf_counter() - started:.0f} s", flush=True)
    for end, number in ends.most_common():
        print(f"{number:>7}  {end}")
    return ends["FAILED"]


def replay(seed: int, engine: Engine) -> int:
    """Show one mutant: its settings, its files and what becomes of it."""
    bench = mutant(seed).bench
    print(bench.options)
    for draft in (*bench.revenue, *bench.feedback):
        data = write(draft).data
        print(f"--- {draft.name}, {len(data)} bytes")
        print(data[:3000])
    outcome = run(bench, engine)
    if outcome.error is not None:
        traceback.print_exception(outcome.error)
    print(fault_of(mutant(seed), engine))
    return 0


def all_pairs(engine: Engine) -> int:
    """Run all pairs of pollutions; return how many failed."""
    failed = 0
    for number, case in enumerate(pairs(), start=1):
        found = judge(case.change(Bench()), case.expect, engine)
        failed += bool(found)
        if found:
            print(f"{str(case)!a}: {ascii(found[0])[:300]}", flush=True)
        if number % EVERY == 0:
            print(f"{number} pairs, {failed} failed", flush=True)
    return failed


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--replay", type=int, help="show the input of one seed")
    parser.add_argument("--pairs", action="store_true", help="all pairs of pollutions instead of random damage")
    options = parser.parse_args()
    faulthandler.enable()
    engine = open_engine("duckdb", spill_folder=Path.cwd())
    try:
        if options.replay is not None:
            return replay(options.replay, engine)
        return int((all_pairs(engine) if options.pairs else fuzz(options.count, options.seed, engine)) > 0)
    finally:
        engine.close()


if __name__ == "__main__":
    raise SystemExit(main())
