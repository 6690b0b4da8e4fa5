"""Write the small data set that the R scripts and the tests read; run once, its output is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COLUMNS = "customer,start,stop,event,cause,x1,x2,x3,weight,stratum,y,exposure,count"


def main() -> None:
    """Simulate 150 customers in about 300 rows with whole-day times, many ties and late entry."""
    rng = np.random.default_rng(20251101)
    lines = [COLUMNS]
    for customer in range(150):
        entry = int(rng.choice([0, 0, 3, 5, 8, 12, 18]))
        x2, x3 = int(rng.integers(0, 2)), round(float(rng.normal(40, 12)), 2)
        weight = round(float(rng.choice([0.4, 0.7, 1.0, 1.3, 2.5])), 2)
        stratum = "abc"[int(rng.integers(0, 3))]
        effect = rng.normal(0, 0.4)
        start = entry
        while True:
            x1 = round(float(rng.normal(0, 1)), 3)
            stop = start + int(rng.integers(2, 12))
            hazard = 0.06 * np.exp(0.5 * x1 + 0.4 * x2 - 0.01 * (x3 - 40) + effect)
            died = start + int(np.ceil(rng.exponential(1 / hazard)))
            event, stop = died <= stop, min(died, stop)
            cause = int(rng.choice([1, 1, 2])) if event else 0
            y = round(float(2 + 0.8 * x1 - 0.5 * x2 + 3 * effect + rng.normal()), 3)
            count = int(rng.poisson((stop - start) * 0.1 * np.exp(0.3 * x1 + effect)))
            values = (customer, start, stop, int(event), cause, x1, x2, x3, weight, stratum, y, stop - start, count)
            lines.append(",".join(map(str, values)))
            if event or stop >= 30 or rng.random() < 0.15:
                break
            start = stop if rng.random() < 0.8 else stop + 2
    # Rows that are at risk at no event: they end before the first one, or start after the last one.
    lines.append("150,0,0.5,0,0,5,1,90,1,a,0,0.5,0")
    lines.append("151,90,95,0,0,-5,0,10,2.5,b,0,5,0")
    (HERE / "small.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
