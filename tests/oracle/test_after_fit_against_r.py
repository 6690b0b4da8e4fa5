"""What follows a Cox fit, against R's survival: tests of proportionality, penalties, restricted means.

Tolerances: `ROUNDING` where both sides do the same arithmetic, relative. `STOPPED`, in standard errors, where both
iterate to a maximum (ridge). `SEARCH`, in standard errors, where R's side is `optim` on the penalised
likelihood, flat at its top; there the likelihood itself must not be lower than what it found.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxlink.stats import aalen_johansen, check_proportionality, fit_cox, kaplan_meier, restricted_mean, time_lost
from tests.oracle.reference import HERE, numbers, read_reference, read_table

ROUNDING = 1e-8
STOPPED = 1e-7
SEARCH = 1e-3
TERMS = {"x1": [0], "x2": [1], "x3": [2]}

SMALL = read_table(HERE / "small.csv")
X = numbers(SMALL, "x1", "x2", "x3")
START, STOP, EVENT = numbers(SMALL, "start"), numbers(SMALL, "stop"), numbers(SMALL, "event")
ZPH = read_table(HERE / "zph.csv")
RESTRICTED = read_table(HERE / "restricted.csv")

every_case = pytest.mark.parametrize(
    ("ties", "entry", "weighted", "stratified"),
    [(ties, e, w, s) for ties in ("efron", "breslow") for e in (0, 1) for w in (0, 1) for s in (0, 1)],
)


def options(ties: str, entry: int, weighted: int, stratified: int) -> dict[str, object]:
    """Keywords of a case."""
    return {
        "ties": ties,
        "start": START if entry else None,
        "weights": numbers(SMALL, "weight") if weighted else None,
        "strata": SMALL["stratum"] if stratified else None,
    }


@every_case
@pytest.mark.parametrize("scale", ["km", "identity", "log", "rank"])
def test_proportionality(ties: str, entry: int, weighted: int, stratified: int, scale: str) -> None:
    case = options(ties, entry, weighted, stratified)
    beta = fit_cox(X, STOP, EVENT, **case).beta  # type: ignore[arg-type]  # keywords come from a mapping
    test = check_proportionality(X, STOP, EVENT, beta, **case, terms=TERMS, scale=scale)  # type: ignore[arg-type]  # likewise
    wanted = {"ties": ties, "entry": entry, "weighted": weighted, "stratified": stratified, "scale": scale}
    keep = np.all([ZPH[key] == str(value) for key, value in wanted.items()], axis=0)
    assert keep.sum() == 4
    for term, statistic, degrees in zip(
        ZPH["term"][keep], numbers(ZPH, "statistic")[keep], numbers(ZPH, "degrees")[keep], strict=True
    ):
        ours = test.overall if term == "GLOBAL" else test.terms[str(term)]
        assert ours.degrees == degrees
        # a statistic near zero is a difference of larger numbers
        assert ours.statistic == pytest.approx(statistic, rel=ROUNDING, abs=ROUNDING)


@every_case
def test_ridge(ties: str, entry: int, weighted: int, stratified: int) -> None:
    case = options(ties, entry, weighted, stratified)
    fit = fit_cox(X, STOP, EVENT, **case, ridge=7.0)  # type: ignore[arg-type]  # keywords come from a mapping
    theirs = read_reference(
        "penalised.csv", kind="ridge", ties=ties, entry=entry, weighted=weighted, stratified=stratified
    )
    error = np.sqrt(np.diag(fit.covariance))
    assert np.max(np.abs(fit.beta - theirs["beta"]) / error) < STOPPED
    assert fit.covariance.ravel() == pytest.approx(
        theirs["covariance"], rel=SEARCH, abs=SEARCH * float(error.max()) ** 2
    )


@every_case
def test_firth(ties: str, entry: int, weighted: int, stratified: int) -> None:
    case = options(ties, entry, weighted, stratified)
    fit = fit_cox(X, STOP, EVENT, **case, firth=True)  # type: ignore[arg-type]  # keywords come from a mapping
    theirs = read_reference(
        "penalised.csv", kind="firth", ties=ties, entry=entry, weighted=weighted, stratified=stratified
    )
    error = np.sqrt(np.diag(fit.covariance))
    ours = -fit.log_likelihood + np.linalg.slogdet(fit.covariance)[1] / 2
    # a loss is flat at its minimum: ours may only be lower than what the search found
    assert ours <= theirs["loss"][0] + ROUNDING
    assert np.max(np.abs(fit.beta - theirs["beta"]) / error) < SEARCH


@pytest.mark.parametrize("entry", [0, 1])
@pytest.mark.parametrize("horizon", [7.5, 18.0, 30.0])
def test_restricted_means(entry: int, horizon: float) -> None:
    start = START if entry else None
    keep = (numbers(RESTRICTED, "entry") == entry) & (numbers(RESTRICTED, "horizon") == horizon)
    cause, names, value = (
        numbers(RESTRICTED, "cause")[keep],
        RESTRICTED["quantity"][keep],
        numbers(RESTRICTED, "value")[keep],
    )
    whole = restricted_mean(kaplan_meier(STOP, EVENT, start), horizon, last_seen=float(STOP.max()))
    lost = time_lost(STOP, numbers(SMALL, "cause"), horizon, start)
    theirs = {(int(c), str(q)): float(v) for c, q, v in zip(cause, names, value, strict=True)}
    assert whole.mean == pytest.approx(theirs[0, "mean"], rel=ROUNDING)
    assert whole.std_error == pytest.approx(theirs[0, "std_error"], rel=ROUNDING)
    for place in range(2):
        assert lost.mean[place] == pytest.approx(theirs[place + 1, "mean"], rel=ROUNDING)
        assert lost.std_error[place] == pytest.approx(theirs[place + 1, "std_error"], rel=ROUNDING)
    assert whole.mean + lost.mean.sum() == pytest.approx(horizon, rel=ROUNDING)


def test_time_lost_is_the_area_under_the_incidence() -> None:
    times = np.arange(0.0, 18.0, 0.001) + 0.0005
    curve = aalen_johansen(STOP, numbers(SMALL, "cause"), times, START)
    lost = time_lost(STOP, numbers(SMALL, "cause"), 18.0, START)
    # a step of .001 misses at most as much at each of about thirty jumps
    assert lost.mean == pytest.approx(0.001 * curve.incidence.sum(axis=0), abs=0.001)
