"""Write the small data set on which predicted risks are validated; run once, its output is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
HORIZONS = (60, 119, 180)
COLUMNS = "row,customer,stop,cause,risk_60,risk_119,risk_180,coarse_60,coarse_119,coarse_180,hazard"


def main() -> None:
    """Simulate 400 contracts of about 340 customers: whole days, ties, censoring, a competing cause, two models.

    The model of ``risk`` is too sure of itself, that of ``coarse`` has about ten distinct values. ``hazard`` is the
    cumulative hazard of cause 1 that the first one predicts at ``stop``.
    """
    rng = np.random.default_rng(20251102)
    lines = [COLUMNS]
    customer = 0
    for row in range(400):
        if rng.random() < 0.85:
            customer += 1
        score = rng.normal(-1.0, 0.8)
        rate = np.exp(score + rng.normal(0, 0.2))
        left = 180 * (rng.exponential() / rate) ** (1 / 1.2)
        failed = rng.exponential(500)
        # Half of the customers are seen for all of 200 days; the others drop out on the last day of a week, so that
        # censoring is tied with events, and on day 119 with a horizon.
        dropped = 200 if rng.random() < 0.5 else 7 * np.ceil(rng.uniform(14, 196) / 7)
        stop = int(np.ceil(min(left, failed, dropped)))
        cause = 0 if stop >= dropped else 1 if left < failed else 2
        predicted = np.array([-np.expm1(-np.exp(1.3 * score + 0.1) * (day / 180) ** 1.2) for day in HORIZONS])
        coarse = np.clip(np.round(predicted + rng.normal(0, 0.05), 1), 0.05, 0.95)
        hazard = np.exp(1.3 * score + 0.1) * (stop / 180) ** 1.2
        numbers = ",".join(f"{value:.5f}" for value in (*predicted, *coarse, hazard))
        lines.append(f"{row},{customer},{stop},{cause},{numbers}")
    (HERE / "validation_data.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
