"""Write the answers and invitations that R scripts and tests read; run once, the output is committed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ANSWERS = "customer,wave,score,coarse,effort,x1,x2,late,weight"
INVITED = "customer,answered,score,tenure,tickets,segment,region,age,weight"


def main() -> None:
    """Write both files."""
    rng = np.random.default_rng(20261103)
    (HERE / "answers_data.csv").write_text("\n".join(simulate_answers(rng)) + "\n", encoding="utf-8")
    (HERE / "invited_data.csv").write_text("\n".join(simulate_invited(rng)) + "\n", encoding="utf-8")


def simulate_answers(rng: np.random.Generator) -> list[str]:
    """Some 550 answers of 260 customers in two waves, some of them several a wave.

    `coarse` is the score in six levels; `late` counts late deliveries, and its effect differs between thresholds.
    """
    lines = [ANSWERS]
    for customer in range(260):
        own = rng.normal(0, 0.8)
        x2 = int(rng.random() < 0.4)
        weight = float(rng.choice([0.4, 0.7, 1.0, 1.3, 2.5]))
        for wave in (1, 2):
            for _ in range(int(rng.choice([0, 1, 1, 2]))):
                x1, late = round(float(rng.normal(30, 12)), 2), int(rng.poisson(0.5))
                drop = late * (1.6 if rng.random() < 0.3 else 0.5)
                latent = 8.0 + own + 0.03 * (x1 - 30) + 0.6 * x2 - drop + 0.3 * wave + 1.4 * rng.logistic()
                score = int(np.clip(np.round(latent), 0, 10))
                coarse = (0, 0, 0, 3, 3, 5, 5, 7, 7, 9, 10)[score]
                effort = int(np.clip(np.round(5 - 0.5 * late + rng.normal()), 1, 7))
                lines.append(f"{customer},{wave},{score},{coarse},{effort},{x1},{x2},{late},{weight}")
    return lines


def simulate_invited(rng: np.random.Generator) -> list[str]:
    """500 invited customers, some 200 of whom answer; who does so depends on tenure, tickets and segment."""
    lines = [INVITED]
    for customer in range(500):
        tenure, tickets = round(float(rng.gamma(2.0, 10.0)), 1), int(rng.poisson(0.8))
        segment, region = int(rng.choice(3, p=[0.5, 0.3, 0.2])), int(rng.random() < 0.35)
        age, weight = int(rng.choice(4)), float(rng.choice([0.5, 1.0, 1.0, 1.5]))
        answered = rng.random() < 1 / (1 + np.exp(0.6 - 0.02 * tenure + 0.3 * tickets - 0.5 * (segment == 1)))
        score = int(np.clip(np.round(8 - 0.7 * tickets + 0.02 * tenure + 2 * rng.normal()), 0, 10))
        lines.append(f"{customer},{int(answered)},{score},{tenure},{tickets},{segment},{region},{age},{weight}")
    return lines


if __name__ == "__main__":
    main()
