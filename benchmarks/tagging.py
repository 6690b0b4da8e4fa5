"""Accuracy and times of the classifier of tags on public texts.

    python -m benchmarks.tagging [--only banking hotels tweets repeats]

The texts are read from the folder named in CXLINK_REAL_DATA, by default ../shared/data. Features were chosen by
cross-validation on BANKING77's train file, the cost of a misfit for each data set by cross-validation on its training
part. The test file and the held-out fifths only give the numbers below.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt

from cxlink.tag.classifier_file import read_classifier, write_classifier
from cxlink.tag.duplicates import find_repeats
from cxlink.tag.train import Training, TrainingSettings, train_classifier

DATA = Path(os.environ.get("CXLINK_REAL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
Flags = npt.NDArray[np.bool_]
Moments = npt.NDArray[np.float64]


def read_clock() -> Moments:
    """Seconds on the wall, and of this process: what other work on the machine does not lengthen."""
    return np.array([time.perf_counter(), time.process_time()])


def read_rows(name: str, columns: tuple[str, str]) -> tuple[list[str], list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row[columns[0]] for row in rows], [row[columns[1]] for row in rows]


def read_hotels() -> tuple[list[str], list[str], list[set[str]]]:
    """Sentences, their reviews, and the categories of each."""
    root = ET.parse(DATA / "arabic_hotels" / "AR_Hotels_Train_SB1.xml").getroot()  # noqa: S314  # a file of our own data
    sentences = [(review.get("rid", ""), one) for review in root.iter("Review") for one in review.iter("sentence")]
    texts = [one.findtext("text") or "" for _, one in sentences]
    return (
        texts,
        [rid for rid, _ in sentences],
        [{o.get("category", "") for o in s.iter("Opinion")} for _, s in sentences],
    )


def as_flags(labels: list[set[str]], tags: list[str]) -> Flags:
    return np.array([[tag in one for tag in tags] for one in labels], dtype=bool)


def pick(items: list[str], chosen: Flags) -> list[str]:
    return [item for item, is_chosen in zip(items, chosen.tolist(), strict=True) if is_chosen]


def hold_out_fifth(owners: npt.NDArray[np.intp]) -> Flags:
    """True for the test: a fifth of the owners, by seed 1."""
    distinct = np.unique(owners)
    chosen = np.random.default_rng(1).permutation(distinct)[: distinct.size // 5]
    return np.isin(owners, chosen)


def micro_f1(said: Flags, truth: Flags) -> float:
    return float(2 * (said & truth).sum() / (said.sum() + truth.sum()))


def macro_f1(said: Flags, truth: Flags) -> float:
    both, total = (said & truth).sum(axis=0), said.sum(axis=0) + truth.sum(axis=0)
    return float(np.mean(2 * both / np.maximum(total, 1)))


def report(name: str, found: str, peer: str, training: Training, seconds: tuple[Moments, Moments]) -> None:
    classifier = training.classifier
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "classifier.jsonl.gz"
        write_classifier(classifier, path)
        megabytes = path.stat().st_size / 1e6
        began = time.perf_counter()
        read_classifier(path)
        reading = time.perf_counter() - began
    times = f"{seconds[0][0]:6.0f} s {seconds[0][1]:6.0f} s {seconds[1][0]:6.1f} s {megabytes:5.1f} MB {reading:4.1f} s"
    sizes = f"{len(classifier.tags):4} {classifier.coefficients.shape[1]:8,}"
    print(f"{name:8} {found:42} {peer:36} {sizes} {times}", flush=True)


def banking() -> None:
    """Intents of a bank's customers; the official test file. Each text counts as a customer of its own."""
    texts, labels = read_rows("banking77/train.csv", ("text", "category"))
    test_texts, test_labels = read_rows("banking77/test.csv", ("text", "category"))
    tags = sorted(set(labels))
    began = read_clock()
    training = train_classifier(
        texts,
        as_flags([{one} for one in labels], tags),
        tags,
        np.arange(len(texts)),
        exclusive=True,
        settings=TrainingSettings(misfit=0.8),
    )
    trained = read_clock()
    said = training.classifier.probabilities(test_texts).argmax(axis=1)
    done = read_clock()
    accuracy = np.mean([training.classifier.tags[j] == label for j, label in zip(said, test_labels, strict=True)])
    truth = as_flags([{one} for one in labels], tags)
    inner = np.mean(training.cross_fitted.argmax(axis=1) == truth.argmax(axis=1))
    found = f"accuracy {accuracy:.4f} (folds of train {inner:.4f})"
    report("banking", found, "linear SVM .909, fine-tuned BERT .93", training, (trained - began, done - trained))


def hotels() -> None:
    """Categories of Arabic sentences on hotels; a fifth of the reviews is held out."""
    texts, reviews, labels = read_hotels()
    tags = sorted(set().union(*labels) - {""})
    truth, owners = as_flags(labels, tags), np.unique(reviews, return_inverse=True)[1]
    is_test = hold_out_fifth(owners)
    began = read_clock()
    training = train_classifier(
        pick(texts, ~is_test), truth[~is_test], tags, owners[~is_test], settings=TrainingSettings(misfit=0.2, aim="all")
    )
    trained = read_clock()
    said = np.zeros((int(is_test.sum()), len(tags)), dtype=bool)
    # A tag that was not trained is said of no text, and counts as missed wherever it is true.
    said[:, [tags.index(tag) for tag in training.classifier.tags]] = training.classifier.predict(pick(texts, is_test))
    done = read_clock()
    found = f"micro F1 {micro_f1(said, truth[is_test]):.4f}, macro F1 {macro_f1(said, truth[is_test]):.4f}"
    report("hotels", found, "best published .521 (micro F1)", training, (trained - began, done - trained))


def tweets() -> None:
    """Sentiment of Latvian tweets; repeats removed, a fifth held out."""
    texts, labels = read_rows("latvian_food_tweets/train.csv", ("text", "sentiment"))
    kept = ~find_repeats(texts).is_repeat
    texts, labels = pick(texts, kept), pick(labels, kept)
    tags = sorted(set(labels))
    truth = as_flags([{one} for one in labels], tags)
    is_test = hold_out_fifth(np.arange(len(texts)))
    inside, outside = pick(texts, ~is_test), pick(texts, is_test)

    def train(settings: TrainingSettings) -> Training:
        owners = np.arange(len(inside))
        return train_classifier(inside, truth[~is_test], tags, owners, exclusive=True, settings=settings)

    began = read_clock()
    training = train(TrainingSettings(misfit=0.3))
    trained = read_clock()
    said = training.classifier.predict(outside)
    done = read_clock()
    commonest = np.zeros_like(said)
    commonest[:, truth[~is_test].sum(axis=0).argmax()] = True
    words = macro_f1(count_words(inside, outside, truth[~is_test]), truth[is_test])
    peer = f"commonest {macro_f1(commonest, truth[is_test]):.3f}, words {words:.3f}"
    accuracy = np.mean((said & truth[is_test]).any(axis=1))
    found = f"macro F1 {macro_f1(said, truth[is_test]):.4f}, accuracy {accuracy:.4f}"
    report("tweets", found, peer, training, (trained - began, done - trained))


def count_words(inside: list[str], outside: list[str], truth: Flags) -> Flags:
    """Say what logistic regression on scikit-learn's counts of single words says."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    words = CountVectorizer()
    peer = LogisticRegression(max_iter=2_000).fit(words.fit_transform(inside), truth.argmax(axis=1))
    return np.asarray(peer.predict(words.transform(outside))[:, None] == np.arange(truth.shape[1]))


def repeats(n: int) -> None:
    """Time to find repeats among made-up texts, one in ten of them a repeat with one word changed."""
    rng = np.random.default_rng(0)
    words = np.array([f"w{number}" for number in range(20_000)])
    texts = [" ".join(words[np.minimum(rng.zipf(1.3, 20), words.size) - 1]) for _ in range(n)]
    for place in range(n // 10):
        changed = texts[place].split()
        changed[10] = "changed"
        texts[n - 1 - place] = " ".join(changed)
    for size in (n // 4, n):
        began = time.perf_counter()
        found = find_repeats(texts[n - size :] if size < n else texts)
        print(
            f"repeats  {size:9,} texts: {time.perf_counter() - began:6.1f} s, {found.n_near:,} near-equal", flush=True
        )


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=["banking", "hotels", "tweets", "repeats"])
    parser.add_argument("--repeats", type=float, default=200_000)
    arguments = parser.parse_args()
    chosen = arguments.only or ["banking", "hotels", "tweets", "repeats"]
    title = ("data", "held-out texts", "beside", "tags", "features", "train", "cpu", "predict", "file", "read")
    print("{:8} {:42} {:36} {:>4} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6}".format(*title))
    tasks: dict[str, Callable[[], None]] = {"banking": banking, "hotels": hotels, "tweets": tweets}
    for name, task in tasks.items():
        if name in chosen:
            task()
    if "repeats" in chosen:
        repeats(int(arguments.repeats))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    print(f"peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()
