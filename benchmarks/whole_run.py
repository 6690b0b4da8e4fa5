"""`cxlink run` on made-up companies of growing size: time and memory a customer must not grow with their number.

Each size is exported once (three years, six components, 200 draws) and run in a process of its own, without what an
earlier run has kept. Printed: wall and processor time, peak memory, and time a thousand customers as a ratio to that of
the smallest size: 1 where cost is linear, below it where what does not depend on customers is spread over more of them.

    python -m benchmarks.whole_run FOLDER                      # 10,000, 30,000 and 100,000 customers
    python -m benchmarks.whole_run FOLDER --sizes 1000 10000
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from cxlink.simulate.exports import simulate

SIZES = (10_000, 30_000, 100_000)
MEGABYTE = 1024


def export(folder: Path, customers: int) -> Path:
    """Exports of a company, made once."""
    home = folder / f"company-{customers}"
    if not (home / "cxlink.toml").exists():
        simulate(home, customers=customers, seed=1, scenario="base", with_effects=False)
    shutil.rmtree(home / ".cxlink", ignore_errors=True)
    return home


def run_once(home: Path, out: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak megabytes of one run."""
    shutil.rmtree(out, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "cxlink",
        "run",
        "--quiet",
        "--config",
        str(home / "cxlink.toml"),
        "--out",
        str(out),
    ]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE


def main() -> None:
    """Run every size, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    first = None
    print(f"{'customers':>10} {'wall':>9} {'cpu':>9} {'peak':>9}  a thousand, beside the smallest")
    for customers in options.sizes:
        wall, cpu, peak = run_once(export(options.folder, customers), options.folder / f"out-{customers}")
        each = wall / customers
        first = first or each
        print(f"{customers:>10,} {wall:>7.0f} s {cpu:>7.0f} s {peak:>6,.0f} MB  {each / first:.2f}", flush=True)


if __name__ == "__main__":
    main()
