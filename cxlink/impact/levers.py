"""Gains for any size of a change and several horizons: what the page reads off when a reader moves its controls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxlink.estimate import NotEstimable
from cxlink.handoff import Levers
from cxlink.handoff.levers import QUANTITIES
from cxlink.impact.changes.plans import Plan, build_plans
from cxlink.impact.changes.stage import Grounds
from cxlink.impact.changes.surface import choose_sizes, interpolate
from cxlink.impact.changes.worlds import Answered, Ask, ChangedWorlds
from cxlink.impact.contrasts import COST, EXPERIENCE, REVENUE, Contrasts
from cxlink.impact.gcomp import Projector
from cxlink.impact.population import Base
from cxlink.impact.project import Projection
from cxlink.parallel import in_order
from cxlink.settings import ChangeSettings

TENTH, ALL = 0.1, 1.0
"""Sizes of which the run itself tells the gain."""

POINTED, DRAWN = 20_000, 500
"""Customers over whom the point and the draws are projected, where there are more. Few will do for draws: they are
moved to what the run tells, and tell of other sizes and shorter horizons only how those differ from it."""

NO_EFFECT = NotEstimable("no component has an effect that can be told", "what the components themselves need")


def project_levers(grounds: Grounds, projected: Projection, rng: np.random.Generator) -> Levers | NotEstimable:
    """Project fewer incidents of each component, at the sizes that changes are projected at.

    At a tenth and at all of the incidents, over the whole horizon, the gains are those of the run's own projection, at
    the point estimate and in each draw: it is made over more customers and over simulated futures. What it differs by
    at these two sizes is spread over the other sizes (a parabola through nothing at size 0) and over shorter horizons
    in proportion to what is gained by then.

    Parameters
    ----------
    grounds : Grounds
        What changes are told from.
    projected : Projection
        Of the run.
    rng : Generator
        For the sample.

    Returns
    -------
    Levers or NotEstimable
        Refused where nothing can be told of any component.
    """
    names = grounds.linked.components
    places = [place for place in range(len(names)) if _is_told(grounds, place)]
    if not places:
        return NO_EFFECT
    n_months, n_draws = grounds.settings.model.horizon_months, len(grounds.weights)
    changes = [
        ChangeSettings.model_validate({"name": names[place], "component": names[place], "reduce": 1.0})
        for place in places
    ]
    plans = build_plans(grounds.linked, changes, n_months=n_months, weights=grounds.weights, rng=rng)
    months = choose_horizons(n_months)
    discount = (1 + grounds.settings.finance.discount_rate) ** -((np.arange(n_months) + 0.5) / 12)
    sizes = choose_sizes(plans[0])
    sizes = sizes[sizes > 0]
    many, some = (_worlds(grounds, grounds.base.sample(n, rng), plans) for n in (POINTED, DRAWN))
    asks: list[Ask] = [((k, float(size)),) for k in range(len(plans)) for size in sizes]
    shape = (len(plans), len(sizes), len(QUANTITIES), len(months))

    def gains(worlds: ChangedWorlds, number: int | None) -> np.ndarray:
        return add_up_horizons(worlds.expect(number, asks), discount, months).reshape(shape)

    point = gains(many, None)
    shift = point - gains(some, None)
    draws = in_order(lambda number: gains(some, number) + shift, range(n_draws), grounds.threads + 1)
    profile = _profile(point, months)
    return Levers(
        components=tuple(names[place] for place in places),
        sizes=sizes,
        months=months,
        discount=np.cumsum(discount)[np.array(months) - 1],
        point=anchor(point, sizes, projected.point, places, profile),
        draws=np.array(
            [anchor(one, sizes, of, places, profile) for one, of in zip(draws, projected.draws, strict=True)]
        ),
    )


def choose_horizons(n_months: int) -> tuple[int, ...]:
    """Choose the horizons: a quarter, a half, three quarters and all of the months, rounded to whole ones.

    Parameters
    ----------
    n_months : int
        Of the run; at least one.

    Returns
    -------
    tuple of int
        Ascending; fewer than four where the run's horizon is short.
    """
    return tuple(sorted({max(1, int(n_months * part / 4 + 0.5)) for part in range(1, 5)}))


def add_up_horizons(told: Answered, discount: np.ndarray, months: Sequence[int]) -> np.ndarray:
    """Add up gains by month to those of each horizon.

    Parameters
    ----------
    told : Answered
        Of some asks.
    discount : ndarray
        (n_months,) factor at mid-month.
    months : sequence of int
        Horizons.

    Returns
    -------
    ndarray
        (n_asks, 4, n_horizons); experience is the mean over the months of the horizon, not a share of a longer one's.
    """
    gains = told.gains.copy()
    gains[:, [REVENUE, COST]] *= discount
    so_far = np.cumsum(gains, axis=2)
    so_far[:, EXPERIENCE] = told.so_far
    return so_far[:, :, np.array(months) - 1]


def anchor(
    gains: np.ndarray, sizes: np.ndarray, told: Contrasts, places: Sequence[int], profile: np.ndarray
) -> np.ndarray:
    """Move gains so that at a tenth, and at all of the incidents, they are what the run tells.

    Parameters
    ----------
    gains : ndarray
        (n_components, n_sizes, 4, n_horizons).
    sizes : ndarray
        (n_sizes,) above 0, the last of them 1.
    told : Contrasts
        Of the run, at the point estimate or in the same draw.
    places : sequence of int
        Which of the run's components these are.
    profile : ndarray
        (n_components, 4, n_horizons) share of what is moved by each horizon; 1 at the last.

    Returns
    -------
    ndarray
        (n_components, n_sizes, 4, n_horizons).
    """
    grid = np.append(0.0, sizes)
    whole = np.concatenate([np.zeros_like(gains[:, :1, :, -1]), gains[..., -1]], axis=1)
    tenth = interpolate(whole, grid, np.full(len(whole), TENTH))
    off_tenth, off_all = told.tenth[places] - tenth, told.alone[places] - whole[:, -1]
    at_tenth = sizes * (ALL - sizes) / (TENTH * (ALL - TENTH))
    at_all = sizes * (sizes - TENTH) / (ALL * (ALL - TENTH))
    off = at_tenth[None, :, None] * off_tenth[:, None] + at_all[None, :, None] * off_all[:, None]
    moved: np.ndarray = gains + off[..., None] * profile[:, None]
    return moved + 0.0  # no negative zero


def _is_told(grounds: Grounds, place: int) -> bool:
    refused = grounds.table.refusals(place)
    return any(refused[key] is None for key in QUANTITIES)


def _worlds(grounds: Grounds, base: Base, plans: Sequence[Plan]) -> ChangedWorlds:
    model = grounds.settings.model
    projector = Projector(
        base,
        grounds.fits,
        n_months=model.horizon_months,
        exposure_days=model.exposure_days,
        discount_rate=grounds.settings.finance.discount_rate,
        rng=np.random.default_rng(0),  # its orders of Shapley parts are not used here
        alone_only=True,
    )
    return ChangedWorlds(projector, base, plans, model.exposure_days)


def _profile(point: np.ndarray, months: Sequence[int]) -> np.ndarray:
    """(n_components, 4, n_horizons) share of the gain of all incidents that is there by each horizon.

    Where that is no share, as where gains change their sign, it is the share of the months.
    """
    gained = point[:, -1]
    by_month = np.array(months) / months[-1]
    share = np.divide(gained, gained[..., -1:], out=np.full_like(gained, np.nan), where=gained[..., -1:] != 0)
    # experience is a mean: over a shorter horizon it may be larger
    found: np.ndarray = np.where((share > 0) & (share < 2), share, by_month)
    return found
