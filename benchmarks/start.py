"""How long ``cxlink --help`` takes, against importing typer and rich, in turn; prints medians and their ratio."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "cxlink --help": [sys.executable, "-m", "cxlink", "--help"],
    "import typer, rich": [sys.executable, "-c", "import typer, rich"],
}


def main() -> None:
    """Time both commands in turn and print the ratio of their medians."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for place in range(ROUNDS + 1):
        for name, command in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if place:
                taken[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(f"{name:<20}{median:.3f} s")
    ours, theirs = medians.values()
    print(f"ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
