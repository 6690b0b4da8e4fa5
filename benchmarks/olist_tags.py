"""The shipped taxonomy on 200 Portuguese comments of a marketplace, against labels made by reading them.

    python -m benchmarks.olist_tags [--taxonomy default]

Reads the public data named by CXLINK_REAL_DATA (../shared/data) and ``tests/tag/labels/olist.csv``, whose README says
how the labels were made.
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path

import numpy as np
import pandas as pd

from cxlink.stats import Measured, Scores, estimate_tag_accuracy
from cxlink.tag.match import tag_texts
from cxlink.tag.read_taxonomy import read_taxonomy

LABELS = Path(__file__).parents[1] / "tests" / "tag" / "labels" / "olist.csv"
LEAST_TRUE = 10


def read_comments(folder: Path) -> dict[str, str]:
    """Title and message of each review."""
    rows = pd.read_csv(folder / "olist" / "olist_order_reviews_dataset.csv", dtype=str).fillna("")
    texts = (rows["review_comment_title"] + "\n" + rows["review_comment_message"]).str.strip()
    return dict(zip(rows["review_id"], texts, strict=True))


def show(name: str, scores: Scores, n_true: int, n_predicted: int) -> None:
    """One line."""
    told = [
        f"{one.point:4.0%} ({100 * one.low:.0f}-{100 * one.high:.0f})" if isinstance(one, Measured) else "-"
        for one in (scores.precision, scores.recall, scores.f1)
    ]
    print(f"{name:34} {n_true:5} {n_predicted:6}  " + "  ".join(f"{text:14}" for text in told))


def main() -> None:
    """Print precision and recall by cause and component, on all and on sure labels."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taxonomy", default="default")
    taxonomy = read_taxonomy(shipped=parser.parse_args().taxonomy)
    comments = read_comments(Path(os.environ.get("CXLINK_REAL_DATA", "../shared/data")))
    with LABELS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = [set(filter(None, row["labels"].split("|"))) for row in rows]
    tagged = tag_texts([comments[row["review_id"]] for row in rows], taxonomy).tags
    found = [{f"{tag.component}.{tag.cause}" for tag in tags if tag.is_complaint} for tags in tagged]
    sure = np.array([row["sure"] == "1" for row in rows])
    for title, kept in (
        (f"all {len(rows)} comments", np.ones(len(rows), dtype=bool)),
        (f"the {sure.sum()} sure ones", sure),
    ):
        for level in ("component", "cause"):
            truth_sets = [{name.split(".")[0] for name in one} if level == "component" else one for one in said]
            found_sets = [{name.split(".")[0] for name in one} if level == "component" else one for one in found]
            names = sorted(set().union(*truth_sets, *found_sets))
            truth = np.array([[name in one for name in names] for one in truth_sets])[kept]
            predicted = np.array([[name in one for name in names] for one in found_sets])[kept]
            accuracy = estimate_tag_accuracy(truth, predicted, np.arange(len(truth)), rng=np.random.default_rng(1))
            print(f"\n{title + ', by ' + level:34}  true tagged  precision       recall          F1")
            for name, tag in zip(names, accuracy.tags, strict=True):
                if tag.n_true >= LEAST_TRUE:
                    show(name, tag.scores, tag.n_true, tag.n_predicted)
            show("all together", accuracy.micro, int(truth.sum()), int(predicted.sum()))


if __name__ == "__main__":
    main()
