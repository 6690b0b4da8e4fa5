"""Writes event_data.csv: customers who never leave, one first event each at most, in the middle of a month.

Revenue differs between customers, moves with the calendar and at random, and falls after the event by an amount that
grows with the months since and differs between cohorts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

CUSTOMERS, MONTHS = 240, 16
NEVER = 0


def main() -> None:
    rng = np.random.default_rng(20261122)
    first = rng.choice([NEVER, 5, 7, 10], CUSTOMERS, p=[0.4, 0.2, 0.2, 0.2])
    month = np.arange(MONTHS)
    level = rng.normal(40, 8, CUSTOMERS)[:, None]
    since = np.where(first[:, None] > NEVER, month - first[:, None], -1)
    effect = np.where(since >= 0, -(1 + 0.4 * since) * (first[:, None] / 5), 0.0)
    revenue = level + 0.3 * month + np.sin(month) + effect + rng.normal(0, 1.5, (CUSTOMERS, MONTHS))
    rows = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(CUSTOMERS), MONTHS),
            "month": np.tile(month, CUSTOMERS),
            "first": np.repeat(first, MONTHS),
            "revenue": revenue.ravel().round(4),
        }
    )
    rows.to_csv(Path(__file__).with_name("event_data.csv"), index=False)


if __name__ == "__main__":
    main()
