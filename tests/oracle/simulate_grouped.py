"""Write the person-period rows that grouped.R and the tests read; run once, its output is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COLUMNS = "customer,month,event,x1,x2,ticket,weight,share"


def main() -> None:
    """Simulate 260 customers over twelve months, some entering late.

    Half of those who leave file a cancellation ticket the month before, and hardly anyone else does: `ticket` is
    nearly separated. `share` is the share of the month that the row is at risk.
    """
    rng = np.random.default_rng(20251102)
    lines = [COLUMNS]
    for customer in range(260):
        entry = int(rng.choice([1, 1, 1, 3, 6]))
        x2 = int(rng.random() < 0.4)
        weight = round(float(rng.choice([0.4, 0.7, 1.0, 1.3, 2.5])), 2)
        effect = rng.normal(0, 0.3)
        for month in range(entry, 13):
            x1 = round(float(rng.normal(0, 1)), 3)
            share = round(float(rng.choice([1.0, 1.0, 1.0, 0.5, 0.25])), 2)
            hazard = share * 0.05 * np.exp(0.5 * x1 + 0.4 * x2 + 0.03 * month + effect)
            left = rng.random() < -np.expm1(-hazard)
            ticket = rng.random() < (0.5 if left else 0.004)
            lines.append(f"{customer},{month},{int(left)},{x1},{x2},{int(ticket)},{weight},{share}")
            if left or rng.random() < 0.03:
                break
    (HERE / "grouped_data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
