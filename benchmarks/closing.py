"""What followed answered low scores, where answers do nothing and where they do, over made-up companies.

Each company has 400 customers who are asked three times; of the low scores half are answered, at random or the lowest
most. Printed for each case: the mean of what the closed loop tells, and the share of 95% intervals that hold the truth.
Beside it the same low scores with a level of each customer, which one may ask for and cxlink does not show: the outcome
of one low score is the next low score, which settles who is answered then, so that a customer's level learns from both.

    python -m benchmarks.closing            # 80 companies a case, about two minutes
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from cxlink.estimate import Answer, Estimate
from cxlink.handoff import AfterAnswers
from cxlink.stats import EstimationError, fit_within
from tests.closing.companies import Frames, closed_loop, draw

CUSTOMERS = 400
CASES = (("at random", 0.0, False), ("by score", 0.0, True), ("at random", 1.5, False), ("by score", 1.5, True))


@dataclass(frozen=True, slots=True)
class Told:
    """Point and whether its interval held the truth, in one company; NaN where nothing is told.

    In NPS points no one number is planted where answers add to the score: none is held against it then.
    """

    point: float
    held: float


def main() -> None:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=80)
    arguments = parser.parse_args()
    for who, effect, by_score in CASES:
        found: dict[str, list[Told]] = {"next score": [], "leaving": [], "with a level of each customer": []}
        for seed in range(1, arguments.companies + 1):
            frames = draw(seed, CUSTOMERS, effect=effect, by_score=by_score)
            after = closed_loop(frames).after
            if isinstance(after, AfterAnswers):
                found["next score"].append(_told(after.score, 0.0 if effect == 0 else np.nan))
                found["leaving"].append(_told(after.leaving, 0.0))
            found["with a level of each customer"].append(_within(frames, effect))
        print(f"answered {who}, an answer adds {effect:g} to the next score")
        for name, told in found.items():
            points = np.array([one.point for one in told if np.isfinite(one.point)])
            held = np.array([one.held for one in told if np.isfinite(one.held)])
            error = points.std(ddof=1) / np.sqrt(len(points))
            share = f"  held {held.mean():.1%} of {len(held)}" if len(held) else ""
            print(f"  {name:32} mean {points.mean():8.3f} ({error:.3f}){share}")


def _told(answer: Answer, truth: float) -> Told:
    if not isinstance(answer, Estimate):
        return Told(np.nan, np.nan)
    return Told(answer.point, np.nan if np.isnan(truth) else float(answer.low <= truth <= answer.high))


def _within(frames: Frames, effect: float) -> Told:
    """The same outcome, on the scale of the scores, with a level of each customer and of each low score."""
    rows = frames["feedback"].sort_values(["customer_id", "responded_at"], kind="stable")
    following = rows.groupby("customer_id", sort=False)["nps"].shift(-1)
    rows = rows.assign(following=following).loc[lambda table: (table["nps"] <= 6) & table["following"].notna()]
    often = rows.groupby("customer_id")["nps"].transform("size") > 1
    rows = rows.loc[often]
    levels = [level for level in np.unique(rows["nps"])[1:] if (rows["nps"] == level).sum() > 1]
    columns = [rows["answered_at"].notna(), *(rows["nps"] == level for level in levels)]
    codes = rows["customer_id"].astype("category").cat.codes.to_numpy()
    try:
        design = np.column_stack(columns).astype(float)
        fit = fit_within(design, rows["following"].to_numpy(), codes, rows["responded_at"])
    except EstimationError:
        return Told(np.nan, np.nan)
    point, error = float(fit.point[0]), float(fit.std_error[0])
    return Told(point, float(abs(point - effect) <= student.ppf(0.975, fit.degrees[0]) * error))


if __name__ == "__main__":
    main()
