"""Write the panel of teams and months that panel.R and the tests read; run once, its output is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COLUMNS = "team,month,y,x1,x2"


def main() -> None:
    """Simulate fourteen teams over up to eighteen months: gaps, levels of their own, a common calendar, slow errors."""
    rng = np.random.default_rng(20251122)
    calendar = rng.normal(0, 1, 18)
    lines = [COLUMNS]
    for team in range(14):
        level, slope, error = rng.normal(0, 2), rng.normal(0, 0.3), rng.normal()
        x1 = rng.normal(7, 1)
        for month in range(int(rng.integers(0, 6)), 18):
            x1 = 7 + 0.7 * (x1 - 7) + rng.normal(0, 0.5)
            error = 0.6 * error + rng.normal(0, 0.8)
            x2 = float(rng.normal(0, 1) + 0.3 * team)
            y = level + calendar[month] + (slope - 0.5) * x1 + 0.2 * x2 + error
            if rng.random() < 0.9:
                lines.append(f"{team},{month},{y:.6f},{x1:.6f},{x2:.6f}")
    (HERE / "panel_data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
