"""Which reasons detractors, passives and promoters give, and how strongly each tells a detractor from a promoter."""

from __future__ import annotations

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import DescribedScores, ReasonShares, ScoredAnswers
from cxlink.stats import NamedShares, Shrunken, log_odds_ratios, named_shares, shrink

LEVEL = 0.95
Z = 1.959963984540054
LEAST_NAMING = 10
LEAST_GROUP = 30
SHARES = "each customer counts once; Wilson's interval for the effective number of answers"
WEIGHTS = "log odds ratio, shrunken by empirical Bayes; errors clustered by customer"
NO_WEIGHT = NotEstimable("no reason of its own", "a reason")


def describe_scores(answers: ScoredAnswers) -> DescribedScores:
    """Tell which reasons each group of answers gives.

    Parameters
    ----------
    answers : ScoredAnswers
        At least one.

    Returns
    -------
    DescribedScores
        Reasons with a weight first, the largest on top.
    """
    groups = (answers.detracts, ~answers.detracts & ~answers.promotes, answers.promotes)
    silent = ~answers.named.any(axis=1)
    table = np.column_stack([answers.named, silent, silent & ~answers.has_words])
    shares = [_shares(table[group], answers.customer[group]) for group in groups]
    weights, prior = weigh_reasons(answers)
    names = (*answers.reasons, "no reason", "no words")
    every = (*weights, NO_WEIGHT, NO_WEIGHT)
    rows = [
        ReasonShares(name, shares[0][column], shares[1][column], shares[2][column], every[column])
        for column, name in enumerate(names)
    ]
    named = sorted(rows[:-2], key=_rank)
    return DescribedScores(
        answers=len(answers.score),
        customers=len(np.unique(answers.customer)),
        n_unknown=answers.n_unknown,
        n_announcing=int(answers.announces.sum()),
        group_customers=(
            len(np.unique(answers.customer[groups[0]])),
            len(np.unique(answers.customer[groups[1]])),
            len(np.unique(answers.customer[groups[2]])),
        ),
        rows=tuple(named),
        no_reason=rows[-2],
        no_words=rows[-1],
        prior=prior,
    )


def weigh_reasons(answers: ScoredAnswers) -> tuple[tuple[Answer, ...], str]:
    """Weigh each reason by how much likelier detractors are to name it than promoters.

    Parameters
    ----------
    answers : ScoredAnswers
        Of which passives do not count.

    Returns
    -------
    weights : tuple of Answer
        Shrunken log odds ratios, in the order of the reasons; not estimable below ten customers who name the reason,
        or ten who do not, or thirty detractors or promoters.
    prior : str
        Towards what they were pulled; empty where no reason has a weight.
    """
    if not answers.reasons:
        return (), ""
    sizes = [len(np.unique(answers.customer[group])) for group in (answers.detracts, answers.promotes)]
    if min(sizes) < LEAST_GROUP:
        told = f"{sizes[0]} detractors and {sizes[1]} promoters, needs {LEAST_GROUP} of each"
        return (NotEstimable(told, "more answers"),) * len(answers.reasons), ""
    found = log_odds_ratios(answers.named, answers.detracts, answers.promotes, answers.customer)
    enough = np.minimum(found.naming, found.sparing) >= LEAST_NAMING
    if not enough.any():
        return tuple(_too_few(int(n)) for n in found.naming), ""
    drawn = shrink(found.log_ratio[enough], found.std_error[enough])
    place = np.cumsum(enough) - 1
    n = len(np.unique(answers.customer[answers.detracts | answers.promotes]))
    weights = tuple(
        _weight(drawn, int(place[k]), n, int(found.naming[k])) if enough[k] else _too_few(int(found.naming[k]))
        for k in range(len(answers.reasons))
    )
    return weights, _prior(drawn, int(enough.sum()))


def score_answers(answers: ScoredAnswers, weights: tuple[Answer, ...]) -> np.ndarray:
    """Add up the weights of the reasons that each answer gives.

    Parameters
    ----------
    answers : ScoredAnswers
        To be scored.
    weights : tuple of Answer
        In the order of its reasons; one that is not estimable adds nothing.

    Returns
    -------
    ndarray
        (n,) 0 for an answer without a reason.
    """
    known = np.array([weight.point if isinstance(weight, Estimate) else 0.0 for weight in weights])
    scores: np.ndarray = answers.named @ known if len(weights) else np.zeros(len(answers.score))
    return scores


def _rank(row: ReasonShares) -> tuple[bool, float, str]:
    weight = row.weight
    return (True, 0.0, row.reason) if isinstance(weight, NotEstimable) else (False, -weight.point, row.reason)


def _too_few(naming: int) -> NotEstimable:
    if naming >= LEAST_NAMING:
        return NotEstimable(f"fewer than {LEAST_NAMING} customers do not name it", "more answers")
    return NotEstimable(f"named by {naming} detractors and promoters, needs {LEAST_NAMING}", "more answers with words")


def _weight(drawn: Shrunken, place: int, n: int, naming: int) -> Estimate:
    point, half = float(drawn.value[place]), Z * float(drawn.std_error[place])
    return Estimate(point, point - half, point + half, LEVEL, "log odds ratio", n, naming, WEIGHTS)


def _prior(drawn: Shrunken, n: int) -> str:
    if drawn.is_weak:
        return f"0, and hardly: there are too few reasons to learn more (prior standard deviation {drawn.spread:.0f})"
    if drawn.spread == 0:
        return f"{drawn.mean:.2f}, the mean of {n} reasons, which do not differ by more than chance"
    return f"{drawn.mean:.2f}, the mean of {n} reasons, which differ by {drawn.spread:.2f} (standard deviation)"


def _shares(named: np.ndarray, customer: np.ndarray) -> list[Answer]:
    if not len(customer):
        return [NotEstimable("no such answer", "more answers")] * named.shape[1]
    found = named_shares(named, customer, level=LEVEL)
    return [_share(found, column) for column in range(named.shape[1])]


def _share(found: NamedShares, column: int) -> Estimate:
    return Estimate(
        float(found.share[column]),
        float(found.low[column]),
        float(found.high[column]),
        LEVEL,
        "share of customers",
        found.n_customers,
        int(found.naming[column]),
        SHARES,
    )
