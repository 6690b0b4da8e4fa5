"""Write the costs of customers' quarters that costs.R and the tests read; run once, its output is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COLUMNS = "customer,x1,x2,late,months,weight,cost"


def main() -> None:
    """Simulate 220 customers over up to four quarters: most cost nothing, and a few very much."""
    rng = np.random.default_rng(20251120)
    lines = [COLUMNS]
    for customer in range(220):
        x2 = int(rng.random() < 0.4)
        weight = round(float(rng.choice([0.4, 0.7, 1.0, 1.3, 2.5])), 2)
        effect = rng.normal(0, 0.4)
        for _ in range(int(rng.integers(1, 5))):
            x1 = round(float(rng.normal(0, 1)), 3)
            late = int(rng.random() < 0.3)
            months = float(rng.choice([3.0, 3.0, 2.5, 1.0]))
            calls = rng.poisson(0.15 * months * np.exp(0.7 * late + 0.3 * x1 + effect))
            cost = round(float(rng.gamma(0.9, 20.0 * np.exp(0.4 * late - 0.2 * x2 + effect), calls).sum()), 2)
            lines.append(f"{customer},{x1},{x2},{late},{months},{weight},{cost}")
    (HERE / "costs_data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
