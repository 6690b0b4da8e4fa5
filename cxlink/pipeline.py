"""The run: stages in their order, one line each. The only module that calls stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from cxlink.churn import fit_churn, fit_gaps, fit_orders, read_orders, validate_churn
from cxlink.currencies import exponent_of
from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.estimate import NotEstimable
from cxlink.handoff import (
    CauseCount,
    ChurnFit,
    GapFit,
    Linked,
    Loaded,
    Message,
    OrderFit,
    Readiness,
    RunResult,
    Tagged,
    Validation,
)
from cxlink.impact import estimate_impact
from cxlink.link import count_causes, link
from cxlink.load import load
from cxlink.readiness import assess_readiness, tell_unused
from cxlink.settings import Settings, expand_path
from cxlink.tag.handover import tag

Progress = Callable[[str, float], None]
VALIDATION_DRAWS, VALIDATION_DRAWS_IN_DEPTH = 100, 500
EngineName = Literal["duckdb", "spark"]


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What ``check`` shows: everything before the first estimate."""

    loaded: Loaded
    tagged: Tagged
    linked: Linked
    causes: tuple[CauseCount, ...]
    readiness: tuple[Readiness, ...]
    messages: tuple[Message, ...]


def load_and_link(
    settings: Settings, *, engine: Engine, as_of: date | None, progress: Progress, state: Path | None = None
) -> LinkedData:
    """Read the exports and put them onto timelines.

    Parameters
    ----------
    settings : Settings
        The configuration.
    engine : Engine
        Where the tables will stand.
    as_of : date or None
        Cut-off that overrides the configuration's.
    progress : callable
        Told the stage and the share of it that is done.
    state : Path, optional
        Folder for what is kept between runs.

    Returns
    -------
    LinkedData
        Tables, timelines and what will be estimable.

    Raises
    ------
    CxlinkError, Faults
        Where a source cannot be used or the configuration is wrong.
    """
    progress("load", 0.0)
    loaded = load(
        settings, engine=engine, as_of=as_of, cache=state / "cache" if settings.load.cache and state else None
    )
    progress("tag", 0.0)
    taxonomy = None if settings.taxonomy.path is None else Path(expand_path(settings.taxonomy.path, settings.folder))
    tagged = tag(loaded, taxonomy)
    progress("link", 0.0)
    linked = link(loaded, tagged, settings, divisor=10 ** exponent_of(settings.project.currency))
    causes = count_causes(loaded)
    readiness = assess_readiness(loaded, linked, settings)
    messages = (*loaded.messages, *tell_unused(loaded, settings), *tagged.messages, *linked.messages)
    return LinkedData(loaded, tagged, linked, causes, readiness, messages)


def run(
    settings: Settings,
    *,
    engine: Engine,
    as_of: date | None,
    seed: int | None,
    progress: Progress,
    state: Path | None = None,
) -> RunResult:
    """Run every stage.

    Parameters
    ----------
    settings : Settings
        The configuration.
    engine : Engine
        Where the tables will stand; must stay open until the reports are written.
    as_of : date or None
        Cut-off that overrides the configuration's.
    seed : int or None
        Seed that overrides the configuration's.
    progress : callable
        Told the stage and the share of it that is done.
    state : Path, optional
        Folder for what is kept between runs.

    Returns
    -------
    RunResult
        What the reports show.

    Raises
    ------
    CxlinkError, Faults
        Where a source cannot be used or the configuration is wrong.
    """
    chosen = settings.project.seed if seed is None else seed
    data = load_and_link(settings, engine=engine, as_of=as_of, progress=progress, state=state)
    draws = start_draws(settings, seed, len(data.linked.customers))
    weights = draws.weights
    progress("churn", 0.0)
    churn = fit_churn(data.linked, data.loaded, settings, weights=weights)
    if churn.model is not None:
        validation = validate_churn(
            data.linked,
            exposure_days=settings.model.exposure_days,
            n_replicates=VALIDATION_DRAWS,
            rng=draws.for_validation,
            longest_only=True,
        )
        churn = replace(churn, validation=validation)
    progress("impact", 0.0)
    impact = estimate_impact(
        data.linked,
        data.loaded,
        churn,
        settings,
        weights=weights,
        rng=draws.for_futures,
        progress=lambda share: progress("impact", share),
    )
    return RunResult(
        project=settings.project.name,
        currency=settings.project.currency,
        seed=chosen,
        horizon_months=settings.model.horizon_months,
        gross_margin=settings.finance.gross_margin,
        audience=settings.report.audience,
        verbatims=settings.report.verbatims,
        loaded=data.loaded,
        tagged=data.tagged,
        linked=data.linked,
        causes=data.causes,
        churn=churn,
        impact=impact,
        readiness=data.readiness,
        messages=(*data.messages, *churn.messages, *impact.messages),
    )


def fit_churn_alone(settings: Settings, data: LinkedData, seed: int | None) -> ChurnFit:
    """Fit churn in depth, without what comes after it.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    seed : int or None
        Seed that overrides the configuration's.

    Returns
    -------
    ChurnFit
        With scores and other forms of exposure.
    """
    draws = start_draws(settings, seed, len(data.linked.customers))
    return fit_churn(data.linked, data.loaded, settings, weights=draws.weights, in_depth=True)


def validate_alone(settings: Settings, data: LinkedData, seed: int | None) -> tuple[Validation, ...] | NotEstimable:
    """Judge predictions from 3, 6 and 12 months ago.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    seed : int or None
        Seed that overrides the configuration's.

    Returns
    -------
    tuple of Validation, or NotEstimable
        Why churn is not estimable.
    """
    if data.linked.churn_refusal is not None:
        return data.linked.churn_refusal
    draws = start_draws(settings, seed, len(data.linked.customers))
    days = settings.model.exposure_days
    return validate_churn(
        data.linked, exposure_days=days, n_replicates=VALIDATION_DRAWS_IN_DEPTH, rng=draws.for_validation
    )


def fit_orders_alone(
    settings: Settings, data: LinkedData, seed: int | None, *, gap_days: int | None
) -> tuple[OrderFit, tuple[GapFit, ...]]:
    """Describe the orders of customers who buy order by order.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`; its engine must be open.
    seed : int or None
        Seed that overrides the configuration's.
    gap_days : int or None
        Silence that is to count as an end; None: none does.

    Returns
    -------
    OrderFit, and tuple of GapFit
        The second empty without a gap.
    """
    days, divisor = settings.model.exposure_days, 10 ** exponent_of(settings.project.currency)
    orders = read_orders(data.loaded)
    rng = start_draws(settings, seed, len(data.linked.customers)).for_futures
    gaps = () if gap_days is None else fit_gaps(data.linked, orders, gap_days=gap_days, exposure_days=days)
    return fit_orders(data.linked, orders, exposure_days=days, divisor=divisor, rng=rng), gaps


@dataclass(frozen=True, slots=True)
class Draws:
    """What of a run is left to chance: customer weights, and a generator for each part that draws by itself."""

    weights: np.ndarray
    for_futures: np.random.Generator
    for_validation: np.random.Generator


def start_draws(settings: Settings, seed: int | None, n_customers: int) -> Draws:
    """Begin the draws of a run.

    Parameters
    ----------
    settings : Settings
        Number of draws, and the seed.
    seed : int or None
        Seed that overrides the configuration's.
    n_customers : int
        How many customers there are.

    Returns
    -------
    Draws
        The same for the same seed, whichever parts run.
    """
    chosen = settings.project.seed if seed is None else seed
    parts = np.random.SeedSequence(chosen).spawn(3)
    for_weights, for_futures, for_validation = (np.random.default_rng(part) for part in parts)
    return Draws(draw_weights(settings.model.draws, n_customers, for_weights), for_futures, for_validation)


def draw_weights(n_draws: int, n_customers: int, rng: np.random.Generator) -> np.ndarray:
    """Weights of the Bayesian bootstrap, one set of customer weights a draw.

    Every fitted part uses the same set in the same draw, which makes the draws joint.

    Parameters
    ----------
    n_draws, n_customers : int
        Shape.
    rng : Generator
        Randomness.

    Returns
    -------
    ndarray
        (n_draws, n_customers), each row with mean one.

    References
    ----------
    .. [1] Rubin (1981), Annals of Statistics 9:130.
    """
    weights = rng.standard_exponential((n_draws, n_customers))
    if n_customers:
        weights /= weights.mean(axis=1, keepdims=True)
    return weights


__all__ = [
    "Draws",
    "EngineName",
    "LinkedData",
    "Progress",
    "draw_weights",
    "fit_churn_alone",
    "fit_orders_alone",
    "load_and_link",
    "open_engine",
    "run",
    "start_draws",
    "validate_alone",
]
