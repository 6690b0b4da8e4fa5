"""What knowing months alone costs: log hazard ratios by day, by month, and in grouped time, of the same companies.

python -m benchmarks.months             # three settings, six companies each
python -m benchmarks.months --companies 20
"""

from __future__ import annotations

import argparse

import numpy as np

from cxlink.churn.fit import Refused, fit_main
from cxlink.churn.grouped import fit_grouped
from cxlink.estimate import Estimate
from cxlink.handoff import Linked
from tests.churn.test_grouped import EXPOSURE, TRUE_LOG_RATIO, company

SETTINGS = ((0.0008, 0.003), (0.002, 0.003), (0.0008, 0.01))
"""Hazard of leaving and rate of incidents, a day."""


def log_ratio(linked: Linked) -> tuple[float, float]:
    """Of the main model, and of the grouped one where there is one."""
    main = fit_main(linked, exposure_days=EXPOSURE)
    if isinstance(main, Refused):
        raise SystemExit(f"refused: {main.reason.reason}")
    grouped = fit_grouped(linked, main).get("delivery")
    return float(main.fitted.beta[0]), float(np.log(grouped.point)) if isinstance(grouped, Estimate) else np.nan


def main() -> None:
    """Print means over companies, with their Monte-Carlo errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=6)
    companies = parser.parse_args().companies
    print(f"true log ratio {TRUE_LOG_RATIO}; {companies} companies a line; mean (Monte-Carlo error)")
    heads = "".join(f"{name:>15}" for name in ("by day", "first of month", "middle", "grouped"))
    print(f"{'leaving':>8} {'incidents':>9}{heads} {'apart':>7}")
    for daily, rate in SETTINGS:
        found = []
        for seed in range(companies):
            exact, first, middle = (
                company(seed=seed, by_month=by_month, daily=daily, rate=rate, shift=shift)
                for by_month, shift in ((False, 0), (True, 0), (True, 14))
            )
            centred, grouped = log_ratio(middle)
            found.append((log_ratio(exact)[0], log_ratio(first)[0], centred, grouped))
        values = np.array(found)
        shown = [
            f"{mean:.3f} ({error:.3f})"
            for mean, error in zip(values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(companies), strict=True)
        ]
        apart = np.abs(values[:, 2] - values[:, 3]).max()
        print(f"{daily:8} {rate:9} " + " ".join(f"{text:>14}" for text in shown) + f" {apart:7.4f}")


if __name__ == "__main__":
    main()
