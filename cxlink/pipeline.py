"""The run: stages in their order, one line each. The only module that calls stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from cxlink.bridge import bridge_periods
from cxlink.churn import fit_churn, validate_churn
from cxlink.claims import audit_claims, read_claims
from cxlink.closing import close_loop
from cxlink.currencies import exponent_of
from cxlink.engine.interface import Engine
from cxlink.engine.open import open_engine
from cxlink.estimate import NotEstimable
from cxlink.handoff import (
    Bridges,
    CauseCount,
    Kpis,
    Linked,
    Loaded,
    Message,
    Monitoring,
    Readiness,
    RunResult,
    Tagged,
    Tracking,
    Unexplained,
)
from cxlink.impact import estimate_impact, estimate_impact_among, find_drivers
from cxlink.kpis import compare_kpis
from cxlink.link import count_causes, link, measure_unexplained
from cxlink.load import load
from cxlink.load.months import count_months, last_days
from cxlink.monitor import monitor_months, read_baselines
from cxlink.monitor.baseline_file import FILE as BASELINES
from cxlink.parallel import single_threaded_blas
from cxlink.readiness import assess_readiness, tell_unused
from cxlink.settings import Settings, expand_path
from cxlink.tag.classifier import Classifier
from cxlink.tag.classifier_file import read_classifier
from cxlink.tag.embeddings import Embedder, read_embedder
from cxlink.tag.handover import tag
from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.taxonomy import Taxonomy
from cxlink.track import read_forecasts, track_changes
from cxlink.track.forecast_file import FILE

Progress = Callable[[str, float], None]
VALIDATION_DRAWS = 100
EngineName = Literal["duckdb", "spark"]


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What ``check`` shows: everything before the first estimate."""

    loaded: Loaded
    tagged: Tagged
    linked: Linked
    causes: tuple[CauseCount, ...]
    unexplained: tuple[Unexplained, ...]
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
    loaded, tagged = load_and_tag(settings, engine=engine, as_of=as_of, progress=progress, state=state)
    progress("link", 0.0)
    linked = link(loaded, tagged, settings, divisor=10 ** exponent_of(settings.project.currency))
    causes = count_causes(loaded, leavers_are_seen=linked.leavers_are_seen)
    unexplained = measure_unexplained(loaded, linked, exposure_days=settings.model.exposure_days)
    readiness = assess_readiness(loaded, linked, settings)
    messages = (*loaded.messages, *tell_unused(loaded), *tagged.messages, *linked.messages)
    return LinkedData(loaded, tagged, linked, causes, unexplained, readiness, messages)


def load_and_tag(
    settings: Settings, *, engine: Engine, as_of: date | None, progress: Progress, state: Path | None = None
) -> tuple[Loaded, Tagged]:
    """Read the exports, and find the root causes in their words.

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
    Loaded, Tagged
        Tables, and components and causes of feedback and tickets.

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
    classifier = read_model(settings)
    embedder = read_embeddings(settings) if classifier is not None and classifier.n_embedding else None
    return loaded, tag(loaded, read_rules(settings), classifier, embedder)


def read_rules(settings: Settings) -> Taxonomy:
    """Read the taxonomy that the configuration names.

    Parameters
    ----------
    settings : Settings
        The configuration.

    Returns
    -------
    Taxonomy
        The user's, or a shipped one.

    Raises
    ------
    ConfigError
        If it cannot be read or is wrong (CX301, CX302).
    """
    path = settings.taxonomy.path
    own = None if path is None else Path(expand_path(path, settings.folder))
    return read_taxonomy(own, shipped=settings.taxonomy.shipped)


def read_model(settings: Settings) -> Classifier | None:
    """Read the classifier that the configuration names.

    Parameters
    ----------
    settings : Settings
        The configuration.

    Returns
    -------
    Classifier or None
        None where rules alone tag.

    Raises
    ------
    ConfigError
        If it cannot be read (CX303).
    """
    path = settings.taxonomy.classifier
    return None if path is None else read_classifier(expand_path(path, settings.folder))


def read_embeddings(settings: Settings) -> Embedder | None:
    """Read the model of sentence embeddings that the configuration names.

    Parameters
    ----------
    settings : Settings
        The configuration.

    Returns
    -------
    Embedder or None
        None where it names none.

    Raises
    ------
    ConfigError
        If it cannot be read, or the packages that read it are missing (CX309).
    """
    path = settings.taxonomy.embeddings
    return None if path is None else read_embedder(expand_path(path, settings.folder))


@single_threaded_blas()
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
            threads=engine.threads,
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
        with_levers=True,
    )
    drivers = find_drivers(data.linked, settings, weights=weights, rng=draws.for_drivers)
    progress("claims", 0.0)
    said = read_claims(settings)
    among = estimate_impact_among(
        data.linked,
        data.loaded,
        churn,
        settings,
        [one.among for one in said if one.among],
        weights=weights,
        seed=draws.for_claims,
    )
    claims = audit_claims(data.linked, churn, impact, settings, said, weights=weights, impact_among=among)
    progress("kpis", 0.0)
    kpis = compare_kpis(data.linked, settings, weights=weights)
    progress("track", 0.0)
    forecasts = () if state is None else read_forecasts(state / FILE)
    tracking = track_changes(data.linked, settings, kpi=impact.kpi, forecasts=forecasts)
    progress("monitor", 0.0)
    frozen = None if state is None else read_baselines(state / BASELINES)
    monitoring = monitor_months(
        data.linked, data.loaded, data.tagged, data.causes, settings, kpi=impact.kpi, baselines=frozen
    )
    progress("bridge", 0.0)
    bridge = bridge_periods(data.linked, settings, kpi=impact.kpi, weights=weights)
    progress("closing", 0.0)
    loop = close_loop(data.loaded, data.linked, data.causes, settings, kpi=impact.kpi, weights=weights)
    return RunResult(
        project=settings.project.name,
        currency=settings.project.currency,
        seed=chosen,
        horizon_months=settings.model.horizon_months,
        exposure_days=settings.model.exposure_days,
        gross_margin=settings.finance.gross_margin,
        audience=settings.report.audience,
        verbatims=settings.report.verbatims,
        loaded=data.loaded,
        tagged=data.tagged,
        linked=data.linked,
        causes=data.causes,
        unexplained=data.unexplained,
        churn=churn,
        impact=impact,
        readiness=data.readiness,
        messages=(
            *data.messages,
            *churn.messages,
            *impact.messages,
            *drivers.messages,
            *claims.messages,
            *_messages_of(kpis),
            *_messages_of(tracking),
            *_messages_of(monitoring),
            *_messages_of(bridge),
            *loop.messages,
        ),
        drivers=drivers,
        claims=claims,
        kpis=kpis,
        tracking=tracking,
        monitoring=monitoring,
        bridge=bridge,
        loop=loop,
        months=count_months(data.loaded, settings.project.currency),
        fresh=last_days(data.loaded),
        discount_rate=settings.finance.discount_rate,
        language=settings.report.language,
    )


def _messages_of(found: Kpis | Tracking | Monitoring | Bridges | NotEstimable) -> tuple[Message, ...]:
    return () if isinstance(found, NotEstimable) else found.messages


@dataclass(frozen=True, slots=True)
class Draws:
    """What of a run is left to chance: customer weights, and a generator for each part that draws by itself."""

    weights: np.ndarray
    for_futures: np.random.Generator
    for_validation: np.random.Generator
    for_labels: np.random.Generator
    for_drivers: np.random.Generator
    for_claims: np.random.SeedSequence


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
    *parts, for_claims = np.random.SeedSequence(chosen).spawn(6)
    for_weights, futures, validation, labels, drivers = (np.random.default_rng(part) for part in parts)
    weights = draw_weights(settings.model.draws, n_customers, for_weights)
    return Draws(weights, futures, validation, labels, drivers, for_claims)


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
    "load_and_link",
    "load_and_tag",
    "open_engine",
    "read_embeddings",
    "read_model",
    "read_rules",
    "run",
    "start_draws",
]
