"""Whether a component's hazard ratio differs between segments of customers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.churn.design import METHOD, Fitted, build_design, fit_design, hazard_ratio
from cxlink.churn.fit import MainFit
from cxlink.churn.gates import MIN_EXPOSED_EVENTS, check_size
from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Linked, SegmentRatios
from cxlink.stats import CoxError, EstimationError
from cxlink.stats.multiplicity import adjust_p_values
from cxlink.stats.wald import wald_test

BY_SEGMENT = f"{METHOD}; exposures split by segment, not corrected by labels"
REST = "all others"
ONE_SEGMENT = NotEstimable(
    f"fewer than two segments have {MIN_EXPOSED_EVENTS} leavers with an incident and as many without",
    "a longer observed window, or segments of more customers",
)


@dataclass(frozen=True, slots=True)
class _Tested:
    """One component in one attribute: group of each value, and what the test says."""

    names: tuple[str, ...]
    answers: tuple[Answer, ...]
    p_value: float | NotEstimable


def fit_segment_ratios(linked: Linked, main: MainFit, adjust_for: tuple[str, ...]) -> tuple[SegmentRatios, ...]:
    """Fit the model again with every exposure split by segment, once for each attribute.

    Parameters
    ----------
    linked : Linked
        With the segments.
    main : MainFit
        The main model; where labels corrected it, the test is of the tagger's incidents.
    adjust_for : tuple of str
        Attributes that are in the model by themselves; another one's levels are added to it.

    Returns
    -------
    tuple of SegmentRatios
        By attribute and component whose ratio the main model tells; the q-values are of all tests that were made.
    """
    told = [place for place, name in enumerate(linked.components) if main.refusals[name] is None]
    found: list[SegmentRatios] = []
    for attribute, values in linked.segments.items():
        for place, tested in _fit_attribute(linked, main, values, told, attribute in adjust_for).items():
            ratios = tuple(zip(tested.names, tested.answers, strict=True))
            name = linked.components[place]
            found.append(SegmentRatios(attribute, name, ratios, tested.p_value, tested.p_value))
    made = [one.p_value for one in found if isinstance(one.p_value, float)]
    adjusted = iter(adjust_p_values(made).tolist() if made else ())
    return tuple(replace(one, q_value=next(adjusted)) if isinstance(one.p_value, float) else one for one in found)


def _fit_attribute(
    linked: Linked, main: MainFit, values: np.ndarray, told: list[int], is_adjusted_for: bool
) -> dict[int, _Tested]:
    levels, of_customer = np.unique(values, return_inverse=True)
    segment = of_customer[main.rows.customer]
    groups = {place: _groups(main, place, segment, len(levels)) for place in told}
    split = {place: group for place, group in groups.items() if group.max(initial=0) > 0}
    refused = {place: _Tested((), (), ONE_SEGMENT) for place in told if place not in split}
    if not split:
        return refused
    owners = [(place, number) for place, group in split.items() for number in range(1, int(group.max()) + 1)]
    extra = [main.rows.exposed[:, place] & (split[place][segment] == number) for place, number in owners]
    fitted = _fit(linked, main, segment, np.array(extra, dtype=float).T, is_adjusted_for)
    if isinstance(fitted, NotEstimable):
        return refused | {place: _Tested((), (), fitted) for place in split}
    return refused | {
        place: _test(main, fitted, place, owners, [str(level) for level in levels], group, segment)
        for place, group in split.items()
    }


def _groups(main: MainFit, place: int, segment: np.ndarray, n_levels: int) -> np.ndarray:
    """Group of each level: one by itself where it has enough leavers on both sides, the rest together as the last."""
    rows = main.rows
    exposed = rows.exposed[:, place]
    met = np.bincount(segment[rows.voluntary & exposed], minlength=n_levels)
    unmet = np.bincount(segment[rows.voluntary & ~exposed], minlength=n_levels)
    enough = (met >= MIN_EXPOSED_EVENTS) & (unmet >= MIN_EXPOSED_EVENTS)
    n_own = int(enough.sum())
    together = min(int(met[~enough].sum()), int(unmet[~enough].sum()))
    # a rest that is too small by itself joins the last that is not
    rest = n_own if together >= MIN_EXPOSED_EVENTS else max(n_own - 1, 0)
    return np.where(enough, np.cumsum(enough) - 1, rest)


def _fit(
    linked: Linked, main: MainFit, segment: np.ndarray, extra: np.ndarray, is_adjusted_for: bool
) -> Fitted | NotEstimable:
    rows, n_components = main.rows, len(linked.components)
    kept = (main.uncorrected or main.fitted).design.kept[:n_components]
    exposures = [rows.exposed[:, :n_components].astype(float), extra]
    if not is_adjusted_for:
        exposures.append((segment[:, None] == np.arange(1, int(segment.max(initial=0)) + 1)).astype(float))
    columns = np.column_stack(exposures)
    chosen = np.concatenate([kept, np.ones(columns.shape[1] - n_components, dtype=bool)])
    too_many = check_size(int(rows.voluntary.sum()), int(chosen.sum()) + len(linked.covariate_names))
    if too_many is not None:
        return too_many
    names = (*(f"column {k}" for k in range(columns.shape[1])), *linked.covariate_names)
    try:
        return fit_design(build_design(rows, linked.covariates, columns, names, chosen), rows)
    except CoxError as error:
        return NotEstimable(f"no churn model by segment: {error.reason}", "a longer observed window")


def _test(
    main: MainFit,
    fitted: Fitted,
    place: int,
    owners: list[tuple[int, int]],
    levels: list[str],
    group: np.ndarray,
    segment: np.ndarray,
) -> _Tested:
    first = main.rows.counts.shape[1]
    extras = [first + k for k, (owner, _) in enumerate(owners) if owner == place]
    if not fitted.design.kept[[place, *extras]].all():
        no_column = NotEstimable(
            "segments cannot be told from another column of the model", "segments of more customers"
        )
        return _Tested((), (), no_column)
    customers, influence = fitted.influence
    moved = fitted.design.spread(influence)[:, extras]
    try:
        p_value: float | NotEstimable = wald_test(fitted.beta[extras], moved, len(customers)).p_value
    except EstimationError as error:
        p_value = NotEstimable(error.reason, "segments of more customers")
    names, answers = [], []
    for number in range(int(group.max()) + 1):
        taken = [place] if number == 0 else [place, extras[number - 1]]
        spread = float(np.sqrt(fitted.covariance[np.ix_(taken, taken)].sum()))
        events = int((main.rows.voluntary & main.rows.exposed[:, place] & (group[segment] == number)).sum())
        names.append(_name(levels, group, number))
        answers.append(hazard_ratio(float(fitted.beta[taken].sum()), spread, len(customers), events, BY_SEGMENT))
    return _Tested(tuple(names), tuple(answers), p_value)


def _name(levels: list[str], group: np.ndarray, number: int) -> str:
    members = [levels[k] for k in np.flatnonzero(group == number)]
    return members[0] if len(members) == 1 else " + ".join(members) if len(members) <= 3 else REST
