"""Company after company: drawn, estimated, and set beside its own truth."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ChurnFit, Impact, Linked
from cxlink.impact.contrasts import COST, CUSTOMERS, EXPERIENCE, REVENUE, Contrasts
from cxlink.parallel import single_threaded_blas
from cxlink.selfcheck.estimators import Told, tell, true_gains
from cxlink.selfcheck.parts import RunParts, fit_parts
from cxlink.selfcheck.sample import MOST_CUSTOMERS, take_customers
from cxlink.selfcheck.synthetic import Company, draw_company
from cxlink.selfcheck.template import Template, build_template
from cxlink.selfcheck.worlds import WORLDS, World, build_worlds
from cxlink.settings import Settings

QUANTITIES = ("hazard_ratio", "customers_kept", "margin_kept", "cost_saved", "net_benefit", "experience")


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that companies are drawn from and judged by.

    Parameters
    ----------
    template : Template
        What companies have in common.
    worlds : tuple of World
        What is true, in the order of `WORLDS`.
    parts : RunParts
        What the run fitted.
    settings : Settings
        Of the run.
    avoidable_shares : dict of str to float
        By component, where the costs export says one.
    customers : int
        At risk in the data, of whom companies may have a sample.
    churn : ChurnFit
        The run's.
    impact : Impact
        The run's.
    counts : ndarray
        (n_counts,) of the data itself, as `count_company` gives them.
    """

    template: Template
    worlds: tuple[World, ...]
    parts: RunParts
    settings: Settings
    avoidable_shares: dict[str, float]
    customers: int
    churn: ChurnFit
    impact: Impact
    counts: np.ndarray


@dataclass(frozen=True, slots=True)
class Found:
    """Of one company: what is true and what was told.

    Parameters
    ----------
    world : int
        Of `WORLDS`.
    truth, point, low, high : ndarray
        (n_components + 1, n_quantities), the last row for all together; ratios as logarithms, NaN where refused.
    reasons : tuple of tuple of str
        (n_components + 1, n_quantities) why there is no answer; "" where there is one.
    ranks : ndarray
        (n_components, 3) true rank by net benefit, and the best and worst told; 0 where not ranked.
    counts : ndarray
        (n_counts,) of `count_company`.
    """

    world: int
    truth: np.ndarray
    point: np.ndarray
    low: np.ndarray
    high: np.ndarray
    reasons: tuple[tuple[str, ...], ...]
    ranks: np.ndarray
    counts: np.ndarray


def prepare(
    linked: Linked,
    churn: ChurnFit,
    impact: Impact,
    settings: Settings,
    avoidable_shares: dict[str, float],
    *,
    seed: int,
    most_customers: int = MOST_CUSTOMERS,
) -> Setup | NotEstimable:
    """Fit the parts, and lay out what companies are drawn from.

    Parameters
    ----------
    linked : Linked
        The run's timelines.
    churn, impact : ChurnFit, Impact
        The run's answers.
    settings : Settings
        Of the run.
    avoidable_shares : dict of str to float
        By component, where the costs export says one.
    seed : int
        For the sample of a large base.
    most_customers : int
        Of a drawn company.

    Returns
    -------
    Setup or NotEstimable
        Why no company can be drawn.
    """
    parts = fit_parts(linked, churn, settings, avoidable_shares, np.random.default_rng([seed, 1]))
    if isinstance(parts, NotEstimable):
        return parts
    base, keys = take_customers(linked, most_customers, np.random.default_rng([seed, 0]))
    days = settings.model.exposure_days
    exposed = [churn.exposed_events[name] for name in linked.components]
    share = len(keys) / int(linked.customers["at_risk"].sum())
    used = parts.answers.cluster >= 0
    return Setup(
        template=build_template(linked, base, keys, parts, days),
        worlds=build_worlds(linked, parts),
        parts=parts,
        settings=settings,
        avoidable_shares=avoidable_shares,
        customers=int(linked.customers["at_risk"].sum()),
        churn=churn,
        impact=impact,
        counts=share * _count(linked, churn.events, churn.involuntary_events, exposed, int(used.sum())),
    )


def check_companies(
    setup: Setup, *, companies: int, seed: int, n_draws: int, processes: int, progress: Callable[[float], None]
) -> list[Found]:
    """Draw and judge companies, a third of them in each world.

    Parameters
    ----------
    setup : Setup
        What they are drawn from.
    companies : int
        How many.
    seed : int
        Each company's own randomness comes from it and the company's number.
    n_draws : int
        Joint draws behind each interval.
    processes : int
        How many work at once; the result does not depend on it.
    progress : callable
        Told the share done, 0..1.

    Returns
    -------
    list of Found
        In the order of their numbers.
    """
    work = partial(check_company, setup, seed=seed, n_draws=n_draws)
    found = []
    for one in _in_processes(work, range(companies), min(processes, companies)):
        found.append(one)
        progress(len(found) / companies)
    return found


def _in_processes(work: Callable[[int], Found], numbers: range, processes: int) -> Iterator[Found]:
    if processes < 2:
        yield from map(work, numbers)
        return
    # new processes, not copies of this one: the engine's threads would not survive in a copy
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_stopping_to_the_parent)
    pending: deque[Future[Found]] = deque()
    try:
        for number in numbers:
            pending.append(pool.submit(work, number))
            # no more than one waits: whoever stops the program waits for what has begun
            if len(pending) > processes:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_stopping_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def check_company(setup: Setup, number: int, *, seed: int, n_draws: int) -> Found:
    """Draw one company, and set what would be told of it beside its truth.

    Parameters
    ----------
    setup : Setup
        What it is drawn from.
    number : int
        Which one.
    seed : int
        Of the study.
    n_draws : int
        Joint draws behind each interval.

    Returns
    -------
    Found
        The same for the same seed and number, whatever else is drawn.
    """
    which = number % len(WORLDS)
    template, world, parts, settings = setup.template, setup.worlds[which], setup.parts, setup.settings
    rng = np.random.default_rng([seed, 1 + number])
    with single_threaded_blas():
        company = draw_company(template, world, parts.kpi, settings.model.exposure_days, rng)
        told = tell(company, parts.kpi, settings, setup.avoidable_shares, n_draws, rng)
        if isinstance(told, NotEstimable):
            return _nothing_told(which, len(template.incidents), told.reason)
        truth = true_gains(told, company, template, world, parts, settings, rng)
    return _compare(which, company, told, world, truth, settings.finance.gross_margin or 0.0)


def _compare(which: int, company: Company, told: Told, world: World, truth: Contrasts, margin: float) -> Found:
    n = len(told.components)
    answers: list[list[Answer]] = [[getattr(one, key) for key in QUANTITIES] for one in told.components]
    no_ratio = NotEstimable("all together have no ratio", "nothing")
    answers.append([no_ratio, *(getattr(told.joint, key) for key in QUANTITIES[1:])])
    numbers = np.array([[_numbers(answer) for answer in row] for row in answers])
    numbers[:, 0] = np.log(numbers[:, 0])
    gains = np.vstack([truth.alone, truth.joint])
    ratio = np.append(world.hazards.log_hazard_ratio, np.nan)
    kept = margin * gains[:, REVENUE]
    true = np.column_stack(
        [ratio, gains[:, CUSTOMERS], kept, gains[:, COST], kept + gains[:, COST], gains[:, EXPERIENCE]]
    )
    return Found(
        which,
        true,
        numbers[..., 0],
        numbers[..., 1],
        numbers[..., 2],
        tuple(tuple(one.reason if isinstance(one, NotEstimable) else "" for one in row) for row in answers),
        _ranks(told, true[:n, QUANTITIES.index("net_benefit")]),
        _count(
            company.linked,
            told.churn.events,
            told.churn.involuntary_events,
            [told.churn.exposed_events[name] for name in company.linked.components],
            len(company.answers.value),
        ),
    )


def _ranks(told: Told, benefit: np.ndarray) -> np.ndarray:
    """True rank, among those that are ranked, and the ranks told."""
    ranked = np.array([one.rank_best is not None for one in told.components], dtype=bool)
    ranks = np.zeros((len(benefit), 3), dtype=np.int64)
    for place in np.flatnonzero(ranked):
        one = told.components[place]
        true_rank = 1 + int((benefit[ranked] > benefit[place]).sum())
        ranks[place] = true_rank, one.rank_best or 0, one.rank_worst or 0
    return ranks


def _nothing_told(which: int, n: int, reason: str) -> Found:
    nothing = np.full((n + 1, len(QUANTITIES)), np.nan)
    reasons = tuple((reason,) * len(QUANTITIES) for _ in range(n + 1))
    return Found(
        which, nothing, nothing, nothing, nothing, reasons, np.zeros((n, 3), dtype=np.int64), np.full(4 + 2 * n, np.nan)
    )


def _numbers(answer: Answer) -> tuple[float, float, float]:
    if not isinstance(answer, Estimate):
        return (np.nan, np.nan, np.nan)
    return (answer.point, answer.low, answer.high)


def _count(linked: Linked, left: int, involuntary: int, exposed: list[int], answers: int) -> np.ndarray:
    """Leavers, other ends, active customers and answers; then incidents in the window and exposed leavers of each."""
    seen = linked.incidents["incident_day"] >= linked.from_day
    by_component = linked.incidents.loc[seen, "component"].value_counts()
    incidents = [int(by_component.get(name, 0)) for name in linked.components]
    active = int(linked.customers["active"].sum())
    return np.array([left, involuntary, active, answers, *incidents, *exposed], dtype=float)
