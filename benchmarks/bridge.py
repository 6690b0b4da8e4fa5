"""Whether a move made in one way only lands in the term that is named after it.

Respondents are drawn directly: 4,000 customers in four groups of other scores, two periods, and one way in which the
score moves: ``mix`` (answers of one group become fewer), ``age`` (customers grow into another tenure band), ``rate``
(all groups score higher), ``within`` (those who answer twice do), ``leavers`` (low scorers leave) and ``joiners`` (new
customers score lower). A company is right where the term of that name is the largest of all. Printed: the share of
companies that are right, with its Monte-Carlo error, and the mean of that term's part of the move.

    python -m benchmarks.bridge                       # 200 companies of each kind
    python -m benchmarks.bridge --companies 50
"""

from __future__ import annotations

import argparse

import numpy as np

from cxlink.stats.nps_scale import nps_values
from cxlink.stats.score_bridge import SCORE_TERMS, bridge_scores

TERM_OF = {
    "mix": "response_mix",
    "age": "customer_mix",
    "rate": "rate",
    "within": "within",
    "leavers": "leavers",
    "joiners": "joiners",
}
GROUP_MEANS = np.array([5.0, 7.0, 8.5, 9.5])
N = 4000


def draw(kind: str, seed: int, n: int = N) -> tuple[np.ndarray, float]:
    """Terms of one company, and its move."""
    rng = np.random.default_rng([seed, list(TERM_OF).index(kind)])
    group = rng.integers(0, 4, n)
    cells = np.column_stack([group, group])
    left, joined = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    own = rng.normal(0.0, 1.5, n)
    means = np.column_stack([GROUP_MEANS[group] + own, GROUP_MEANS[group] + own])
    answers = np.full((n, 2), 0.15)
    if kind == "mix":
        answers[group < 2, 1] = 0.03
    elif kind == "age":
        older = (group == 0) & (rng.random(n) < 0.9)
        cells[older, 1] = 3
        means[older, 1] = GROUP_MEANS[3] + own[older]
    elif kind == "rate":
        means[:, 1] += 1.5
    elif kind == "within":
        twice = rng.random(n) < 0.15
        means[twice, 1] += 1.5
        answers = np.where(twice[:, None], 1.0, 0.01)
    elif kind == "leavers":
        left = means[:, 0] + rng.normal(0.0, 1.0, n) < 6.0
        answers[left, 1] = 0.0
    else:
        joined = rng.random(n) < 0.3
        means[joined] -= 3.0
        answers[joined, 0] = 0.0
    scores = nps_values(np.clip(np.round(means + rng.normal(0.0, 1.0, (n, 2))), 0, 10))
    scores[rng.random((n, 2)) >= answers] = np.nan
    found = bridge_scores(
        scores[:, 0],
        scores[:, 1],
        left=left,
        joined=joined,
        cells=cells,
        base=~left & ~joined,
        weights=np.ones((0, n)),
    )
    return found.terms, float(found.levels[1] - found.levels[0])


def main() -> None:
    """Print one line a kind of move."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=200)
    companies = parser.parse_args().companies
    print(f"{'move by':<10}{'term':<15}{'right':>8}{'error':>8}{'part of the move':>20}")
    for kind, name in TERM_OF.items():
        found = [draw(kind, seed) for seed in range(companies)]
        place = SCORE_TERMS.index(name)
        right = np.mean([np.argmax(np.abs(terms)) == place for terms, _ in found])
        error = np.sqrt(right * (1 - right) / companies)
        part = np.mean([terms[place] for terms, _ in found]) / np.mean([move for _, move in found])
        print(f"{kind:<10}{name:<15}{right:>8.1%}{error:>8.1%}{part:>20.2f}")


if __name__ == "__main__":
    main()
