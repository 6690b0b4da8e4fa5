"""Write the README's excerpt and its comparison with the truth anew: ``python -m tests.docs.refresh_readme``.

It makes the README's company, runs the main job on it, and puts what was printed between the README's comments. It
takes about a minute.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
QUANTITIES = {
    "customers_kept": "customers kept",
    "margin_kept": "margin kept",
    "cost_saved": "cost saved",
    "experience": "NPS",
}
MONEY = ("margin_kept", "cost_saved")


def cxlink(*arguments: str, cwd: Path) -> str:
    """Run a command of the program in a folder and give what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "80", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "cxlink", *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def compare(results: dict[str, Any], truth: dict[str, Any]) -> str:
    """Table of estimates beside the truth, misses marked."""
    rows = [(one["component"], one, truth["components"][one["component"]]) for one in results["components"]]
    rows.sort(key=lambda row: -float(row[2]["net_benefit"]))
    rows.append(("together", results["joint"], truth["joint"]))
    lines = ["| component | " + " | ".join(QUANTITIES.values()) + " |", "|---" * (1 + len(QUANTITIES)) + "|"]
    n_cells = n_missed = 0
    for name, estimates, true in rows:
        cells = []
        for key in QUANTITIES:
            cell, is_missed = _cell(estimates[key], float(true[key]), 1000 if key in MONEY else 1)
            cells.append(cell)
            n_cells, n_missed = n_cells + 1, n_missed + is_missed
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    legend = (
        "Estimate (interval), then the truth; money in EUR thousand. **Bold**: the interval misses the truth,"
        f" which happened in {n_missed} of {n_cells} cells."
    )
    return "\n".join([*lines, "", legend])


def _cell(answer: dict[str, Any], true: float, divisor: int) -> tuple[str, bool]:
    if "not_estimable" in answer:
        return f"cannot tell; {_short(true / divisor)}", False
    point, low, high = (_short(answer[key] / divisor) for key in ("point", "low", "high"))
    is_missed = not answer["low"] <= true <= answer["high"]
    text = f"{point} ({low} to {high}); {_short(true / divisor)}"
    return (f"**{text}**" if is_missed else text), is_missed


def _short(value: float) -> str:
    shown = f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
    return "0" if float(shown) == 0 else shown


def put_between(text: str, name: str, content: str) -> str:
    """Put content between the comments of that name."""
    pattern = re.compile(rf"(<!-- {name}: begin[^\n]*-->\n).*?(<!-- {name}: end -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"README.md has no place for the {name}")
    return pattern.sub(lambda match: f"{match.group(1)}{content}\n{match.group(2)}", text)


def main() -> None:
    """Run the demo and write README.md."""
    readme = REPOSITORY / "README.md"
    with tempfile.TemporaryDirectory() as folder:
        shown = cxlink("demo", cwd=Path(folder))
        reports = Path(folder) / "cxlink-demo" / "reports"
        results = json.loads((reports / "results.json").read_text(encoding="utf-8"))
    truth = json.loads((REPOSITORY / "sample_data" / "truth.json").read_text(encoding="utf-8"))
    text = readme.read_text(encoding="utf-8")
    text = put_between(text, "excerpt", f"```text\n{shown.rstrip()}\n```")
    text = put_between(text, "truth", compare(results, truth["effects"]))
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
