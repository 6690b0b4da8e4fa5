"""What tag errors do to the parts that money is made of, and what is left of it after correction.

Companies of 3,000 customers with two components (``tests/impact/labelled_company.py``): the effect of incidents on a
score and on prices, the cost of an incident, and the log of how often incidents happen. The tagger finds six in ten
incidents, takes half of the missed ones for the other component's, and adds false ones. Customers are labelled with a
probability of .30 (with a tagged record) or .15. Told for each part and component: the mean estimate, and the share of
95% intervals that hold the truth, with its Monte-Carlo standard error.

    python -m benchmarks.tag_error_parts                     # 300 companies
    python -m benchmarks.tag_error_parts --repetitions 50
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from tests.impact.labelled_company import COMPONENTS, draw_company
from tests.impact.test_labelled import TRUTH, N, Part, fit_parts

Z = 1.959963984540054


def main() -> None:
    """Draw companies and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=300)
    repetitions = parser.parse_args().repetitions
    found: dict[str, list[dict[str, Part]]] = {"tagger": [], "corrected": []}
    for seed in range(repetitions):
        company = draw_company(N, np.random.default_rng(10_000 + seed))
        found["tagger"].append(fit_parts(replace(company, labelled=None)))
        found["corrected"].append(fit_parts(company))
    print(f"{repetitions} companies of {N:,} customers; mean estimate and coverage of 95% intervals")
    print(f"{'':>20} {'truth':>8} {'tagger':>9} {'':>14} {'corrected':>9}")
    for part, truth in TRUTH.items():
        for place, component in enumerate(COMPONENTS):
            cells = []
            for way in ("tagger", "corrected"):
                points = np.array([one[part].point[place] for one in found[way]])
                errors = np.array([one[part].error[place] for one in found[way]])
                share = float((np.abs(points - truth[place]) < Z * errors).mean())
                noise = 100 * np.sqrt(share * (1 - share) / repetitions)
                cells.append(f"{points.mean():9.3f} {100 * share:6.1f}% ({noise:.1f})")
            print(f"{part:>10} {component:>9} {truth[place]:8.3f} " + " ".join(f"{cell:24}" for cell in cells))


if __name__ == "__main__":
    main()
