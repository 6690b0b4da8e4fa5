"""Writes event_paths.csv and versions_events.txt with diff-diff, in an environment that has it.

python -m venv oracle && oracle/bin/pip install diff-diff==3.13.0
oracle/bin/python tests/oracle/event_paths.py
"""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

import diff_diff
import pandas as pd

HERE = Path(__file__).parent
NAMES = {"outcome": "revenue", "unit": "customer", "time": "month", "first_treat": "first"}
MULTIPLES = (0.0, 0.25, 0.5, 1.0)


def main() -> None:
    data = pd.read_csv(HERE / "event_data.csv")
    rows: list[tuple[str, str, float]] = []
    for group in ("not_yet_treated", "never_treated"):
        model = diff_diff.CallawaySantAnna(control_group=group, base_period="universal")
        fitted = model.fit(data, **NAMES, aggregate="event_study")
        for month, found in fitted.event_study_effects.items():
            rows += [(group, "month", month), (group, "point", found["effect"]), (group, "std_error", found["se"])]
    for multiple in MULTIPLES:
        honest = diff_diff.HonestDiD(method="relative_magnitude", M=multiple).fit(fitted)
        rows += [("honest", "multiple", multiple), ("honest", "low", honest.ci_lb), ("honest", "high", honest.ci_ub)]
    table = pd.DataFrame(rows, columns=["method", "quantity", "value"])
    table.to_csv(HERE / "event_paths.csv", index=False, float_format="%.10g", na_rep="nan")
    packages = "\n".join(f"{name} {version(name)}" for name in ("diff-diff", "numpy", "pandas"))
    (HERE / "versions_events.txt").write_text(f"Python {platform.python_version()}\n{packages}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
