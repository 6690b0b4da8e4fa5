"""A tagger that misses and mixes up biases the ratios; customers whose records people read take the bias off."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from cxlink.churn.fit import MainFit, Refused, fit_main
from cxlink.handoff import LabelledIncidents, Linked
from tests.churn.timelines import Timelines

FROM_DAY, DAYS, N = 19_000, 720, 5000
EXPOSURE = 90
TRUE = {"billing": 0.0, "delivery": 0.9}
RECALL, MOVED = 0.6, 0.7
"""Share of incidents that the tagger finds, and of those missed, the share that it takes for the other component's."""


def company(seed: int, *, share_labelled: float = 0.35) -> Linked:
    rng = np.random.default_rng(seed)
    day = np.arange(DAYS)
    names = tuple(TRUE)
    happened = {name: rng.random((N, DAYS)) < 0.002 for name in names}
    log_hazard = np.full((N, DAYS), np.log(0.0008))
    for name, ratio in TRUE.items():
        last = np.maximum.accumulate(np.where(happened[name], day, -10_000), axis=1)
        before = np.concatenate([np.full((N, 1), -10_000), last[:, :-1]], axis=1)
        log_hazard += ratio * (day - before <= EXPOSURE)
    leaves = rng.random((N, DAYS)) < np.exp(log_hazard)
    left = leaves.any(axis=1)
    stop = np.where(left, leaves.argmax(axis=1), DAYS - 1) + 1
    true, seen = [], []
    for name, other in zip(names, reversed(names), strict=True):
        who, when = np.nonzero(happened[name] & (day[None, :] < stop[:, None]))
        frame = pd.DataFrame({"customer": who, "incident_day": FROM_DAY + when, "component": name})
        true.append(frame)
        luck = rng.random(len(frame))
        seen.append(frame.loc[luck < RECALL])
        seen.append(frame.loc[(luck >= RECALL) & (luck < RECALL + (1 - RECALL) * MOVED)].assign(component=other))
    customers = pd.DataFrame(
        {"customer": np.arange(N), "acquired_day": FROM_DAY, "start": 0, "stop": stop, "event": left.astype(int)}
    ).assign(at_risk=True, active=~left, tenure=DAYS)
    chance = np.where(left, min(2 * share_labelled, 1.0), share_labelled)
    drawn = rng.random(N) < chance
    people = pd.concat(true, ignore_index=True)
    labelled = LabelledIncidents(
        np.where(drawn, chance, 0.0),
        people.loc[drawn[people["customer"].to_numpy()]].reset_index(drop=True),
        pd.DataFrame(),
    )
    incidents = pd.concat(seen, ignore_index=True).drop_duplicates()
    return cast(
        "Linked", Timelines(customers, incidents, FROM_DAY, FROM_DAY + DAYS - 1, components=names, labelled=labelled)
    )


def fitted(linked: Linked) -> MainFit:
    main = fit_main(linked, exposure_days=EXPOSURE)
    assert not isinstance(main, Refused)
    return main


@pytest.fixture(scope="module")
def corrected() -> tuple[Linked, MainFit]:
    linked = company(1)
    return linked, fitted(linked)


def test_the_bias_of_the_tagger_is_taken_off(corrected: tuple[Linked, MainFit]) -> None:
    _, main = corrected
    assert main.uncorrected is not None
    truth = np.array(list(TRUE.values()))
    before = (main.uncorrected.beta[:2] - truth) / main.uncorrected.error[:2]
    after = (main.fitted.beta[:2] - truth) / main.fitted.error[:2]
    assert before.max() > 3
    assert before.min() < -3
    # three standard errors of one simulation
    assert np.abs(after).max() < 3
    # what was learnt from a part of the customers is known less well
    assert (main.fitted.error[:2] > main.uncorrected.error[:2]).all()


def test_draws_of_the_corrected_fit_have_its_own_spread(corrected: tuple[Linked, MainFit]) -> None:
    _, main = corrected
    customers, influence = main.fitted.influence
    assert len(customers) == N
    spread = influence.T @ influence
    kept = main.fitted.design.kept
    assert spread == pytest.approx(main.fitted.covariance[np.ix_(kept, kept)], rel=1e-10, abs=1e-14)


def test_a_tagger_without_mistakes_is_left_as_it_is() -> None:
    linked = company(2, share_labelled=1.0)
    assert linked.labelled is not None
    right = replace(linked, incidents=linked.labelled.incidents)
    main, plain = fitted(right), fitted(replace(right, labelled=None))
    assert main.uncorrected is not None
    # all are labelled: three times the same fit
    assert main.fitted.beta == pytest.approx(plain.fitted.beta, abs=1e-6)
    assert main.fitted.error == pytest.approx(plain.fitted.error, rel=1e-5)
    assert plain.uncorrected is None


def test_too_few_labelled_leavers_leave_it_uncorrected_and_say_so() -> None:
    main = fitted(company(3, share_labelled=0.001))
    assert main.uncorrected is None
    assert "of the labelled customers left, needs" in main.without_labels
