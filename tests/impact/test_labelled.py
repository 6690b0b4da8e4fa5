"""Customers whose records people read take the tagger's error off every part that impact fits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from cxlink.handoff import Linked
from cxlink.impact.costs import fit_serving_cost
from cxlink.impact.experience import fit_experience, gather_answers
from cxlink.impact.incidence import fit_incidence
from cxlink.impact.labelled import find_labels
from cxlink.impact.messages import label_message
from cxlink.impact.prices import fit_price_effect
from cxlink.settings import FinanceSettings
from tests.impact.labelled_company import COMPONENTS, COST, CSAT, DAILY, EXPOSURE, PRICE, draw_company

N, DRAWS = 3000, 200
FINANCE = FinanceSettings(avoidable_share=1.0)


@dataclass(frozen=True)
class Part:
    """One part, component by component: estimate, its standard error, and whether labels corrected it."""

    point: np.ndarray
    error: np.ndarray
    labels: tuple[str | None, ...]


def fit_parts(linked: Linked, n: int = N) -> dict[str, Part]:
    weights = np.random.default_rng(5).standard_exponential((DRAWS, n))
    weights /= weights.mean(axis=1, keepdims=True)
    labels = find_labels(linked)
    said = None if labels is None else gather_answers(labels.linked, "csat", EXPOSURE)
    experience = fit_experience(
        linked,
        gather_answers(linked, "csat", EXPOSURE),
        weights,
        said=said,
        label_weights=None if labels is None else labels.weights,
    )
    prices = fit_price_effect(linked, weights, labels)
    costs = fit_serving_cost(linked, FINANCE, {}, weights, labels)
    rates = [fit_incidence(linked, name, weights, labels) for name in COMPONENTS]
    log_rate = np.array([rate.point[0] for rate in rates]), np.column_stack([rate.draws[:, 0] for rate in rates])
    return {
        "score": Part(experience.point, experience.draws.std(axis=0), (experience.labels,) * 2),
        "price": Part(prices.point, prices.draws.std(axis=0), (prices.labels,) * 2),
        "cost": Part(costs.point, costs.draws.std(axis=0), costs.labels),
        "log rate": Part(log_rate[0], log_rate[1].std(axis=0), tuple(rate.labels for rate in rates)),
    }


TRUTH = {"score": CSAT, "price": PRICE, "cost": COST, "log rate": np.log(DAILY)}


@pytest.fixture(scope="module")
def company() -> Linked:
    return draw_company(N, np.random.default_rng(1))


def test_labels_take_the_error_off_every_part(company: Linked) -> None:
    corrected, plain = fit_parts(company), fit_parts(replace(company, labelled=None))
    for name, truth in TRUTH.items():
        part, before = corrected[name], plain[name]
        assert part.labels == ("", "")
        assert before.labels in {(None, None), ()}
        # three standard errors of one simulation
        assert (np.abs(part.point - truth) < 3 * part.error).all(), name
        # by the tagger alone some component of each part is far off
        assert (np.abs(before.point - truth) / before.error).max() > 4, name


def test_people_who_agree_with_the_tagger_change_nothing(company: Linked) -> None:
    assert company.labelled is not None
    drawn = company.labelled.probability > 0
    same = replace(
        company.labelled,
        incidents=company.incidents.loc[drawn[company.incidents["customer"].to_numpy()]],
        tickets=company.tickets.loc[drawn[company.tickets["customer"].to_numpy()]],
    )
    agreed, plain = fit_parts(replace(company, labelled=same)), fit_parts(replace(company, labelled=None))
    for name in TRUTH:
        assert agreed[name].point == pytest.approx(plain[name].point, rel=1e-9), name


def test_too_few_labelled_customers_leave_a_part_as_it_is_and_say_so() -> None:
    linked = draw_company(400, np.random.default_rng(2), share_labelled=0.02)
    parts, plain = fit_parts(linked, 400), fit_parts(replace(linked, labelled=None), 400)
    for name in TRUTH:
        assert all(why and "labelled customers" in why for why in parts[name].labels), name
        assert (parts[name].point == plain[name].point).all()


def test_parts_that_labels_could_not_correct_are_told_by_their_reason() -> None:
    linked = draw_company(400, np.random.default_rng(2), share_labelled=0.02)
    weights = np.ones((2, 400))
    labels = find_labels(linked)
    assert labels is not None
    answers = gather_answers(linked, "csat", EXPOSURE)
    said = gather_answers(labels.linked, "csat", EXPOSURE)
    (message,) = label_message(
        COMPONENTS,
        fit_experience(linked, answers, weights, said=said, label_weights=labels.weights),
        fit_price_effect(linked, weights, labels),
        fit_serving_cost(linked, FINANCE, {}, weights, labels),
        [fit_incidence(linked, name, weights, labels) for name in COMPONENTS],
    )
    assert message.code == "CX506"
    for part in ("effects on the KPI", "effects on prices", "cost of billing", "incidents of delivery"):
        assert message.message.count(part) == 1
    plain = replace(linked, labelled=None)
    assert not label_message(
        COMPONENTS,
        fit_experience(plain, answers, weights),
        fit_price_effect(plain, weights),
        fit_serving_cost(plain, FINANCE, {}, weights),
        [fit_incidence(plain, name, weights) for name in COMPONENTS],
    )
