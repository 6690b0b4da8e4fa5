"""What tag errors do to effects and shares, and what is left of it after correction, over made-up companies.

First log hazard ratios of six components. Customers stay up to 36 months; each incident of a component raises their
risk for three months. Incidents are known from tagged records: a tag is found with a probability of .70 to .80, 70% of
the missed ones become the tag of another component, and some records bear a false tag besides. Customers are labelled
with a probability of .60 (left), .25 (stayed, with a tagged record) or .10 (others).

Then shares of six tags among the records of half as many customers: after the mix has moved by 20 points from the first
tag to the second, with labels from before; and with labels on some of the very records. Once with classes of which each
record has one, predicted as the likeliest by its words, and once with up to two tags a record, misread one by one.

Brackets hold Monte-Carlo standard errors.

    python -m benchmarks.tag_error                      # 300 companies of 4,000 customers
    python -m benchmarks.tag_error --repetitions 50 --customers 1000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cxlink.stats import EstimationError, fit_cox
from cxlink.stats.class_shares import expectation_maximisation
from cxlink.stats.debias import Influenced, debias
from cxlink.stats.label_shift import adjusted_count
from cxlink.stats.prevalence import average, clip_shares, difference_estimate

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Answer: TypeAlias = tuple[Floats, Floats, Floats]
"""Estimate, low and high of each tag."""

Estimator: TypeAlias = Callable[[np.random.Generator], dict[str, Answer]]

LEAST_COVERAGE = 0.92
Z = 1.959963984540054
MONTHS, MONTH_DAYS, WINDOW = 36, 30, 3
NAMES = ("delivery", "billing", "app", "support", "onboarding", "product")
LOG_HAZARD_RATIOS = np.array([0.60, 0.40, 0.15, 0.0, 0.50, 0.0])
RECALL = np.array([0.70, 0.75, 0.80, 0.75, 0.70, 0.80])
MOVED, FALSE_TAG = 0.7, 0.03
INCIDENTS_PER_MONTH = np.array([0.020, 0.025, 0.040, 0.050, 0.015, 0.040])
USE_AND_INCIDENTS = np.array([0.3, 0.2, 0.3, 0.2, 0.0, -0.4])
"""What a standard deviation more use does to the log rate of incidents: the last component hits light users."""

LOG_HAZARD, USE_AND_HAZARD = np.log(0.022), -0.5
EM_REPLICATES = 100
LABELLED = {"left": 0.60, "tagged": 0.25, "other": 0.10}


@dataclass(frozen=True, slots=True)
class Company:
    """Rows (start, stop] of customers' months, exposures first and use last, by true and by predicted tags."""

    true: Floats
    predicted: Floats
    start: Floats
    stop: Floats
    event: Flags
    customer: npt.NDArray[np.intp]
    row_weights: Floats


def misread(true: Flags, rng: np.random.Generator) -> Flags:
    """Predicted tags of records; `true` has one column a tag, with any number of tags a record."""
    n_tags = true.shape[-1]
    missed = true & (rng.random(true.shape) > RECALL)
    predicted = true & ~missed
    places = np.nonzero(missed & (rng.random(true.shape) < MOVED))
    other = (places[-1] + rng.integers(1, n_tags, places[-1].size)) % n_tags
    predicted[(*places[:-1], other)] = True
    false = np.nonzero(true.any(axis=-1) & (rng.random(true.shape[:-1]) < FALSE_TAG))
    predicted[(*false, rng.integers(0, n_tags, false[0].size))] = True
    return predicted


def expose(incidents: Flags) -> Flags:
    """Whether one of the last three months had an incident, the current month left out."""
    exposed = np.zeros_like(incidents)
    for lag in range(1, WINDOW + 1):
        exposed[:, lag:] |= incidents[:, :-lag]
    return exposed


def draw_company(n: int, rng: np.random.Generator) -> Company:
    """Customers enter in any month, leave by the hazard of their true exposures, and some are labelled."""
    use = rng.normal(size=n)
    rate = INCIDENTS_PER_MONTH * np.exp(USE_AND_INCIDENTS * use[:, None])
    incidents = rng.random((n, MONTHS, 6)) < rate[:, None, :]
    predicted_incidents = np.zeros_like(incidents)
    # One record an incident: those of one month are misread apart.
    for j in range(6):
        alone = np.zeros((int(incidents[..., j].sum()), 6), dtype=bool)
        alone[:, j] = True
        customer, month = np.nonzero(incidents[..., j])
        np.logical_or.at(predicted_incidents, (customer, month), misread(alone, rng))
    true, predicted = expose(incidents), expose(predicted_incidents)
    log_hazard = LOG_HAZARD + true @ LOG_HAZARD_RATIOS + USE_AND_HAZARD * use[:, None]
    life = rng.exponential(size=(n, MONTHS)) / np.exp(log_hazard)
    leaves = life < 1.0
    observed = MONTHS - rng.integers(0, MONTHS - 3, n)
    last = np.where(leaves.any(axis=1), leaves.argmax(axis=1), MONTHS)
    month = np.arange(MONTHS)
    there = (month <= last[:, None]) & (month < observed[:, None])
    customer, when = np.nonzero(there)
    event = leaves[there]
    start: Floats = when.astype(np.float64) * MONTH_DAYS
    stop = np.where(event, start + np.ceil(life[there] * MONTH_DAYS), start + MONTH_DAYS)
    left = np.zeros(n, dtype=bool)
    left[customer[event]] = True
    tagged = np.zeros(n, dtype=bool)
    tagged[customer[predicted_incidents[there].any(axis=1)]] = True
    share = np.where(left, LABELLED["left"], np.where(tagged, LABELLED["tagged"], LABELLED["other"]))
    weights = np.where(rng.random(n) < share, 1.0 / share, 0.0)
    columns = [np.column_stack([tags[there], use[customer]]) for tags in (true, predicted)]
    return Company(columns[0], columns[1], start, stop, event, customer, weights[customer])


def fit(company: Company, *, predicted: bool, labelled: bool) -> Influenced:
    """Log hazard ratios with each customer's influence; customers without rows do not exist."""
    found = fit_cox(
        company.predicted if predicted else company.true,
        company.stop,
        company.event,
        company.start,
        cluster=company.customer,
        weights=company.row_weights if labelled else None,
        keep_score_residuals=False,
    )
    assert found.dfbeta is not None
    return Influenced(found.beta, found.dfbeta)


def estimate_effects(n: int, rng: np.random.Generator) -> dict[str, Answer]:
    """Log hazard ratios, low and high, by four ways."""
    company = draw_company(n, rng)
    everyone = fit(company, predicted=True, labelled=False)
    labelled = fit(company, predicted=False, labelled=True)
    result = debias(labelled, fit(company, predicted=True, labelled=True), everyone)
    found = {
        "gold tags": fit(company, predicted=False, labelled=False),
        "predicted tags": everyone,
        "labelled only": labelled,
        "debiased": Influenced(result.beta, result.influence),
    }
    answers = {}
    for name, one in found.items():
        beta, error = np.asarray(one.beta)[:6], np.sqrt(np.square(one.influence).sum(axis=0))[:6]
        answers[name] = (beta, beta - Z * error, beta + Z * error)
    return answers


@dataclass(frozen=True, slots=True)
class Records:
    """Records of customers with a mix of their own: tags, predictions, probabilities of classes, and customers."""

    truth: Flags
    predicted: Flags
    posterior: Floats
    customer: npt.NDArray[np.intp]


OLD_MIX = np.array([0.25, 0.10, 0.15, 0.15, 0.05, 0.10, 0.20])
"""Six tags and none."""

NEW_MIX = OLD_MIX + np.array([-0.20, 0.20, 0.0, 0.0, 0.0, 0.0, 0.0])
LIKENESS = 3.0
"""Of a customer's records: the parameters of their own mix, a Dirichlet draw, add up to this."""

SECOND_TAG = 0.2
CLEARNESS = 2.2
MANY = np.full(6, 10_000)
MEANS = CLEARNESS * (np.eye(7) + 0.35 * np.eye(7)[[2, 3, 0, 1, 4, 5, 6]])
"""What the words of each class look like on average; delivery resembles app, and billing support."""


def draw_records(n: int, mix: Floats, *, several: bool, rng: np.random.Generator) -> Records:
    """One to five records a customer, of one tag or none; or, if `several`, some of two tags, misread tag by tag."""
    customer = np.repeat(np.arange(n), rng.integers(1, 6, n))
    own = rng.dirichlet(LIKENESS * mix, n)
    first, second = (draw_class(own[customer], rng) for _ in range(2))
    truth = np.eye(7, dtype=bool)[first]
    if several:
        truth |= np.eye(7, dtype=bool)[second] & (rng.random(customer.size) < SECOND_TAG)[:, None]
        return Records(truth[:, :6], misread(truth[:, :6], rng), np.empty((0, 7)), customer)
    words = MEANS[first] + rng.normal(size=(customer.size, 7))
    logit = np.log(OLD_MIX) + words @ MEANS.T - np.square(MEANS).sum(axis=1) / 2
    posterior = np.exp(logit - logit.max(axis=1, keepdims=True))
    predicted = np.eye(7, dtype=bool)[logit.argmax(axis=1)]
    return Records(truth[:, :6], predicted[:, :6], posterior / posterior.sum(axis=1, keepdims=True), customer)


def draw_class(mix: Floats, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    below = np.cumsum(mix, axis=1)[:, :-1]
    return np.asarray((rng.random((len(mix), 1)) > below).sum(axis=1))


def true_shares(mix: Floats, *, several: bool) -> Floats:
    """Share of records with each tag; the chance that both tags are the same comes from the Dirichlet's variance."""
    if not several:
        return mix[:6]
    same = np.square(mix) + mix * (1 - mix) / (LIKENESS + 1)
    return (mix + SECOND_TAG * (mix - same))[:6]


def draw_labels(records: Records, rng: np.random.Generator) -> Floats:
    """Weights of labelled records, 0 for the others: customers with a rare predicted tag are labelled more often."""
    rare = np.zeros(records.customer.max() + 1, dtype=bool)
    rare[records.customer[records.predicted[:, 3:].any(axis=1)]] = True
    share = np.where(rare, 0.4, 0.15)
    return np.where(rng.random(rare.size) < share, 1.0 / share, 0.0)[records.customer]


def estimate_shares(n: int, several: bool, rng: np.random.Generator) -> dict[str, Answer]:
    """Share, low and high of each tag in the new mix, labels from the old one."""
    old = draw_records(n, OLD_MIX, several=several, rng=rng)
    new = draw_records(n, NEW_MIX, several=several, rng=rng)
    weights = draw_labels(old, rng)
    used = weights > 0
    true, predicted, customer, weights = old.truth[used], old.predicted[used], old.customer[used], weights[used]
    # Other customers in the new period: names of their own.
    others = new.customer + n
    count = average(new.predicted.astype(float), np.ones(others.size), new.customer, n)
    found = {
        "classify and count": clip_shares(np.asarray(count.beta), np.asarray(count.influence), np.arange(n), MANY, 0.95)
    }
    found["adjusted count"] = adjusted_count(true, predicted, customer, new.predicted, others, weights).prevalence
    each = []
    for j in range(6):
        tag = [j]
        alone = adjusted_count(true[:, tag], predicted[:, tag], customer, new.predicted[:, tag], others, weights)
        each.append(alone.prevalence)
    result = {name: (one.share, one.low, one.high) for name, one in found.items()}
    share, low, high = (np.concatenate([getattr(one, end) for one in each]) for end in ("share", "low", "high"))
    result["Rogan-Gladen, tag by tag"] = (share, low, high)
    if not several:
        em = expectation_maximisation(new.posterior, OLD_MIX, new.customer, rng=rng, n_replicates=EM_REPLICATES)
        result["EM, right probabilities"] = (em.share[:6], em.low[:6], em.high[:6])
        posterior, mix = learn(true, predicted, weights, new.predicted)
        em = expectation_maximisation(posterior, mix, new.customer, rng=rng, n_replicates=EM_REPLICATES)
        result["EM, learned probabilities"] = (em.share[:6], em.low[:6], em.high[:6])
    return result


def learn(true: Flags, predicted: Flags, weights: Floats, wanted: Flags) -> tuple[Floats, Floats]:
    """Probability of each class given the predicted one, and the mix, from labelled records of one tag at most."""
    true, predicted, wanted = (np.column_stack((x, ~x.any(axis=1))).astype(float) for x in (true, predicted, wanted))
    table = (predicted * weights[:, None]).T @ true
    return wanted @ (table / table.sum(axis=1, keepdims=True)), table.sum(axis=0) / table.sum()


def estimate_within(n: int, several: bool, rng: np.random.Generator) -> dict[str, Answer]:
    """The same where some of the records in question are labelled."""
    records = draw_records(n, NEW_MIX, several=several, rng=rng)
    weights = draw_labels(records, rng)
    labelled = weights > 0
    predicted = records.predicted.astype(float)
    count = average(predicted, np.ones(labelled.size), records.customer, n)
    alone = average(records.truth.astype(float), weights, records.customer, n)
    found = {
        name: clip_shares(np.asarray(one.beta), np.asarray(one.influence), np.arange(n), MANY, 0.95)
        for name, one in (("classify and count", count), ("labelled only", alone))
    }
    result = difference_estimate(predicted, records.truth, labelled, weights, records.customer)
    found["difference estimate"] = result.prevalence
    return {name: (one.share, one.low, one.high) for name, one in found.items()}


def repeat(estimate: Estimator, repetitions: int, seed: int) -> tuple[dict[str, Floats], int]:
    """Answers of each way, shape (repetitions, 3, tags), and how many companies were refused."""
    rows: dict[str, list[Answer]] = {}
    refused = 0
    for repetition in range(repetitions):
        try:
            found = estimate(np.random.default_rng([seed, repetition]))
        except EstimationError as fault:
            refused += 1
            print(f"refused: {fault.reason}")
            continue
        for name, answer in found.items():
            rows.setdefault(name, []).append(answer)
    return {name: np.array(answers) for name, answers in rows.items()}, refused


def print_table(title: str, truth: Floats, found: dict[str, Floats], refused: int) -> None:
    """One block a way; for each tag the mean, the bias and the coverage, with their Monte-Carlo errors."""
    print(f"\n{title}; {refused} companies refused")
    print(f"{'':<26}" + "".join(f"{name:>15}" for name in (*NAMES, "all")))
    print(f"{'truth':<26}" + "".join(f"{value:>15.3f}" for value in truth))
    for name, answers in found.items():
        point, low, high = answers.transpose(1, 0, 2)
        held = (low <= truth) & (truth <= high)
        bias, bias_error = point.mean(axis=0) - truth, point.std(axis=0, ddof=1) / np.sqrt(len(point))
        # Tags of one company go together: the error of their mean is that of the companies' means.
        cover = [*held.mean(axis=0), held.mean()]
        cover_error = [*np.sqrt(held.mean(axis=0) * (1 - held.mean(axis=0)) / len(held)), held.mean(axis=1).std()]
        cover_error[-1] /= np.sqrt(len(held))
        pairs = (
            ("mean", zip(point.mean(axis=0), bias_error, strict=True), 3),
            ("bias", zip(bias, bias_error, strict=True), 3),
            ("coverage, %", zip(100 * np.array(cover), 100 * np.array(cover_error), strict=True), 1),
        )
        print(name)
        for what, numbers, digits in pairs:
            print(f"  {what:<24}" + "".join(f"{f'{x:.{digits}f} ({e:.{digits}f})':>15}" for x, e in numbers))


def main() -> None:
    """Run the study, and say whether the corrected intervals hold what they should."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=300)
    parser.add_argument("--customers", type=int, default=4000)
    arguments = parser.parse_args()
    n, began = arguments.customers, time.perf_counter()
    one, two = "one tag a record or none", "some records of two tags"
    studies: list[tuple[str, Floats, Estimator, str]] = [
        ("Log hazard ratios", LOG_HAZARD_RATIOS, partial(estimate_effects, n), "debiased"),
    ]
    for several, what in ((False, one), (True, two)):
        truth = true_shares(NEW_MIX, several=several)
        shift, within = (partial(f, n // 2, several) for f in (estimate_shares, estimate_within))
        studies += [
            (f"Shares after the mix moved by 20 points, {what}", truth, shift, "adjusted count"),
            (f"Shares where some of the records are labelled, {what}", truth, within, "difference estimate"),
        ]
    met = True
    for number, (title, truth, estimate, ours) in enumerate(studies):
        found, refused = repeat(estimate, arguments.repetitions, number)
        print_table(title, truth, found, refused)
        point, low, high = found[ours].transpose(1, 0, 2)
        cover = ((low <= truth) & (truth <= high)).mean(axis=0)
        chance = 3 * np.sqrt(LEAST_COVERAGE * (1 - LEAST_COVERAGE) / len(point))
        met &= bool(cover.min() >= LEAST_COVERAGE - chance and cover.mean() >= LEAST_COVERAGE)
    print(f"\n{arguments.repetitions} companies of {n} customers a table, {time.perf_counter() - began:.0f} seconds")
    print(f"coverage of at least {LEAST_COVERAGE:.0%} after correction: {'met' if met else 'NOT MET'}")


if __name__ == "__main__":
    main()
