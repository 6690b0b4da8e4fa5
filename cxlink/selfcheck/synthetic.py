"""One company drawn from the run's own parts, in memory, and what is true in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cxlink.churn.exposure import primary_windows
from cxlink.churn.rows import build_rows
from cxlink.handoff import Linked
from cxlink.impact.experience import Answers, Kpi, gather_answers
from cxlink.impact.prices import count_met
from cxlink.selfcheck.calendar import draw_answer_days
from cxlink.selfcheck.incidents import draw_days
from cxlink.selfcheck.template import Template
from cxlink.selfcheck.worlds import World


@dataclass(frozen=True, slots=True)
class Company:
    """A drawn company.

    Parameters
    ----------
    linked : Linked
        Its timelines. Answers bear no marks; their values are in `answers`.
    answers : Answers
        With the score in points.
    times : ndarray
        (n_customers, n_components) what multiplies each customer's rates of incidents.
    """

    linked: Linked
    answers: Answers
    times: np.ndarray


def draw_company(template: Template, world: World, kpi: Kpi, exposure_days: int, rng: np.random.Generator) -> Company:
    """Draw incidents, then who leaves when, then prices, tickets and answers up to then.

    Parameters
    ----------
    template : Template
        Customers, and what can happen to them.
    world : World
        What is true.
    kpi : str
        Which score is answered.
    exposure_days : int
        How long an incident counts.
    rng : Generator
        Randomness.

    Returns
    -------
    Company
        As the run would have linked it.
    """
    times = _draw_times(template, rng)
    staying = replace(template.base, customers=template.staying, incidents=_draw_incidents(template, times, rng))
    stop, event = _draw_ends(staying, world, template.quarter_levels, exposure_days, rng)
    incidents = _until(staying.incidents, "incident_day", staying, stop)
    donor = template.donors.draw(rng)
    company = replace(
        staying,
        customers=_close(template, stop, event, donor),
        incidents=incidents,
        experiences=_until(_draw_experiences(template, incidents, rng), "experienced_day", staying, stop),
        tickets=_draw_tickets(template, incidents, rng),
    )
    company = replace(company, price_changes=_draw_prices(template, world, company, stop, rng))
    responses, rest = _draw_responses(template, kpi, donor, stop, rng)
    company = replace(company, responses=responses)
    answers = gather_answers(company, kpi, exposure_days)
    return Company(company, _score(answers, company, world, rest, rng), times)


def _draw_times(template: Template, rng: np.random.Generator) -> np.ndarray:
    """Some customers meet more than others who look alike."""
    times = np.ones((len(template.staying), len(template.incidents)))
    for place, happening in enumerate(template.incidents):
        if happening.variance > 0:
            times[:, place] = rng.gamma(1 / happening.variance, happening.variance, len(times))
    return times


def _draw_incidents(template: Template, times: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    acquired = template.staying["acquired_day"].to_numpy()
    parts = []
    for place, (name, happening) in enumerate(zip(template.base.components, template.incidents, strict=True)):
        customer, day = draw_days(happening.rhythm, times[:, place], rng)
        parts.append(
            pd.DataFrame(
                {
                    "customer": customer,
                    "component": name,
                    "incident_day": acquired[customer] + day,
                    "table": template.tables[place],
                }
            )
        )
    return pd.concat(parts, ignore_index=True).assign(cause=None, record_id="")


def _draw_ends(
    staying: Linked, world: World, quarter_levels: np.ndarray, exposure_days: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Tenure at the end, and how it ended: where the cumulative hazard first passes an exponential draw."""
    model = world.hazards
    rows = build_rows(staying, primary_windows(staying.components, exposure_days), band_edges=model.band_edges)
    band = np.searchsorted(model.band_edges, rows.start, side="right") - 1
    risk = np.exp(
        rows.exposed @ model.log_hazard_ratio
        + staying.covariates[rows.customer] @ model.coefficients
        + quarter_levels[rows.quarter]
    )
    voluntary, involuntary = model.voluntary_rates[band] * risk, model.involuntary_rates[band]
    days = (rows.stop - rows.start).astype(float)
    reached = np.cumsum((voluntary + involuntary) * days)
    n = len(staying.customers)
    first = np.searchsorted(rows.customer, np.arange(n))
    last = np.append(first[1:], len(reached)) - 1
    so_far = np.where(first > 0, reached[first - 1], 0.0)
    passed = so_far + rng.standard_exponential(n)
    row = np.minimum(np.searchsorted(reached, passed, side="left"), len(reached) - 1)
    ends = passed <= reached[last]
    before = np.where(row > 0, reached[row - 1], 0.0)
    hazard = (voluntary + involuntary)[row]
    inside = np.divide(passed - before, hazard, out=np.zeros(n), where=hazard > 0)
    day = np.clip(rows.start[row] + np.ceil(inside).astype(np.int64), rows.start[row] + 1, rows.stop[row])
    is_voluntary = rng.random(n) * hazard < voluntary[row]
    stop = np.where(ends, day, rows.stop[last])
    return stop, np.where(ends, np.where(is_voluntary, 1, 2), 0)


def _close(template: Template, stop: np.ndarray, event: np.ndarray, donor: np.ndarray) -> pd.DataFrame:
    """Customers with their ends; who did not leave this time pays what the donor pays."""
    customers = template.staying
    price = customers["monthly_price"].to_numpy(dtype=float)
    active = event == 0
    return customers.assign(
        stop=stop,
        event=event,
        active=active,
        monthly_price=np.where(active & np.isnan(price), price[donor], price),
    )


def _until(rows: pd.DataFrame, day: str, linked: Linked, stop: np.ndarray) -> pd.DataFrame:
    """What happens up to the day of the end."""
    customer = rows["customer"].to_numpy()
    tenure = rows[day].to_numpy() - linked.customers["acquired_day"].to_numpy()[customer]
    kept: pd.DataFrame = rows.loc[tenure < stop[customer]].reset_index(drop=True)
    return kept


def _draw_experiences(template: Template, incidents: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    acquired = template.staying["acquired_day"].to_numpy()
    parts = [template.base.experiences]
    for name, happening in template.touchpoints.items():
        customer, day = draw_days(happening.rhythm, np.ones(len(acquired)), rng)
        good = {"customer": customer, "component": name, "experienced_day": acquired[customer] + day, "failed": False}
        bad = incidents.loc[incidents["component"] == name, ["customer", "component", "incident_day"]]
        parts += [
            pd.DataFrame(good),
            bad.rename(columns={"incident_day": "experienced_day"}).assign(failed=True),
        ]
    parts = [part for part in parts if len(part)] or parts
    return pd.concat(parts, ignore_index=True)


def _draw_tickets(template: Template, incidents: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Tickets of incidents in the window: as many an incident as in the data, each like one of them."""
    seen = incidents.loc[incidents["incident_day"] >= template.base.from_day]
    parts = []
    for name, pool in zip(template.base.components, template.tickets, strict=True):
        rows = seen.loc[seen["component"] == name]
        counts = int(pool.per_incident) + (rng.random(len(rows)) < pool.per_incident % 1).astype(np.int64)
        which = np.repeat(np.arange(len(rows)), counts)
        like = rng.integers(0, max(len(pool.handling), 1), len(which))
        parts.append(
            pd.DataFrame(
                {
                    "customer": rows["customer"].to_numpy()[which],
                    "component": name,
                    "opened_day": rows["incident_day"].to_numpy()[which],
                    "handling": pool.handling[like],
                    "credit": pool.credit[like],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _draw_prices(
    template: Template, world: World, company: Linked, stop: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    charges = template.charges
    if not world.price_pools:
        return template.base.price_changes
    tenure = charges.after - template.staying["acquired_day"].to_numpy()[charges.customer]
    kept = (tenure < stop[charges.customer]) & (rng.random(len(tenure)) < charges.share)
    changes = pd.DataFrame(
        {
            "customer": charges.customer[kept],
            "before_day": charges.before[kept],
            "after_day": charges.after[kept],
            "n_changes": 1,
        }
    )
    met = count_met(company, changes)
    chance = world.price_pools[0].draw(len(changes), rng)
    if len(world.price_pools) > 1:
        chance = np.where(met.any(axis=1), world.price_pools[1].draw(len(changes), rng), chance)
    expected = world.price_terms[0] + company.covariates[charges.customer[kept]] @ world.price_terms[1:]
    return changes.assign(log_change=expected + met @ world.prices.point + chance)


def _draw_responses(
    template: Template, kpi: Kpi, donor: np.ndarray, stop: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers without marks, and the place of each one's rest."""
    days = template.answers
    customer, place = draw_answer_days(days, template.donors, donor)
    tenure = days.day[place] - template.staying["acquired_day"].to_numpy()[customer]
    kept = (tenure >= 0) & (tenure < stop[customer])
    customer, place = customer[kept], place[kept]
    frame = pd.DataFrame({"customer": customer, "responded_day": days.day[place]})
    scores = {name: 0.0 if name == kpi else np.nan for name in ("nps", "csat", "ces")}
    failed = np.where(np.isnan(days.failed[place]), np.nan, rng.random(len(place)) < days.failed[place])
    return frame.assign(**scores, event_component=days.about[place], event_failed=failed), days.rest[place]


def _score(answers: Answers, company: Linked, world: World, rest: np.ndarray, rng: np.random.Generator) -> Answers:
    """Scores: what exposure and attributes say, and the rest of the real answer with one sign a customer.

    The sign makes chance anew and leaves how much answers of one customer are alike, and which vary most.
    """
    sign = rng.choice([-1.0, 1.0], len(company.customers))
    level = world.experience.level
    value = (
        answers.exposed @ world.experience.point
        + level[0]
        + company.covariates[answers.cluster] @ level[1:]
        + sign[answers.cluster] * world.score_rest[rest]
    )
    return replace(answers, value=value)
