"""Levers: against the run's own figures, shorter horizons projected by themselves, and changes told with other luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff.levers import QUANTITIES
from cxlink.impact.answers import Drawn, answer
from cxlink.impact.changes.plans import Plan, build_plans
from cxlink.impact.changes.stage import decide_changes
from cxlink.impact.changes.surface import interpolate
from cxlink.impact.changes.worlds import ChangedWorlds
from cxlink.impact.contrasts import COST, CUSTOMERS, EXPERIENCE, REVENUE
from cxlink.impact.gcomp import Projector
from cxlink.impact.levers import NO_EFFECT, add_up_horizons, choose_horizons, project_levers
from cxlink.settings import ChangeSettings
from tests.impact.levered_company import LeveredCompany, build_levered_company

EXACT = 1e-9
"""Relative: the same arithmetic in another order."""
LUCK = 0.25
"""Of an interval's half width: by how much 20 futures of another seed may move a figure of this company. The luck of
the run's own is told as a share of the fits' standard error; two such, at four standard errors, stay below this."""


@pytest.fixture(scope="module")
def company() -> LeveredCompany:
    return build_levered_company()


def whole_plans(company: LeveredCompany, n_months: int) -> tuple[Plan, ...]:
    asked = [
        ChangeSettings.model_validate({"name": name, "component": name, "reduce": 1.0})
        for name in company.levers.components
    ]
    grounds, rng = company.grounds, np.random.default_rng(1)
    return build_plans(grounds.linked, asked, n_months=n_months, weights=grounds.weights, rng=rng)


def whole_worlds(company: LeveredCompany, n_months: int) -> tuple[ChangedWorlds, Projector]:
    """All customers, over a horizon of so many months."""
    projector = Projector(
        company.grounds.base,
        company.grounds.fits,
        n_months=n_months,
        exposure_days=90,
        discount_rate=0.08,
        rng=np.random.default_rng(0),
        alone_only=True,
    )
    return ChangedWorlds(projector, company.grounds.base, whole_plans(company, n_months), 90), projector


def read_off(company: LeveredCompany, name: str, size: float, key: str, horizon: int) -> Drawn:
    levers, place, row = company.levers, company.levers.components.index(name), QUANTITIES.index(key)
    grid = np.append(0.0, levers.sizes)

    def at(values: np.ndarray) -> np.ndarray:
        whole = np.concatenate([np.zeros((len(values), 1)), values], axis=1)
        return interpolate(whole, grid, np.full(len(values), size))

    point = at(levers.point[None, place, :, row, horizon])
    return Drawn(float(point[0]), at(levers.draws[:, place, :, row, horizon]))


def test_a_tenth_and_all_are_what_the_run_tells(company: LeveredCompany) -> None:
    for effect in company.impact.components:
        for key in QUANTITIES:
            for size, told in ((0.1, effect.tenth[key]), (1.0, getattr(effect, key))):
                if isinstance(told, NotEstimable):
                    continue
                found = answer(read_off(company, effect.component, size, key, -1), None, unit="", n=1, events=1)
                assert isinstance(found, Estimate)
                for of in ("point", "low", "high"):
                    assert getattr(found, of) == pytest.approx(getattr(told, of), rel=EXACT)


def test_nothing_else_of_a_run_changes(company: LeveredCompany) -> None:
    assert isinstance(company.without.levers, NotEstimable)
    for name in ("components", "joint", "overlap", "segments", "doubts", "messages", "changes", "groups"):
        assert getattr(company.impact, name) == getattr(company.without, name)


@pytest.mark.parametrize("months", [3, 6, 9])
def test_a_shorter_horizon_is_one_projected_by_itself(company: LeveredCompany, months: int) -> None:
    asks = [((k, size),) for k in range(len(company.levers.components)) for size in (0.3, 1.0)]
    discount = (1 + 0.08) ** -((np.arange(12) + 0.5) / 12)
    for number in (None, 5):
        long, short = (whole_worlds(company, n)[0].expect(number, asks) for n in (12, months))
        found = add_up_horizons(long, discount, (months, 12))[:, :, 0]
        assert found[:, CUSTOMERS] == pytest.approx(short.gains[:, CUSTOMERS].sum(axis=1), rel=EXACT)
        assert found[:, REVENUE] == pytest.approx(short.gains[:, REVENUE] @ discount[:months], rel=EXACT)
        assert found[:, COST] == pytest.approx(short.gains[:, COST] @ discount[:months], rel=EXACT)
        assert found[:, EXPERIENCE] == pytest.approx(short.gains[:, EXPERIENCE].sum(axis=1), rel=EXACT)


def test_customers_that_are_sampled_move_shorter_horizons_little(company: LeveredCompany) -> None:
    worlds, _ = whole_worlds(company, 12)
    levers, discount = company.levers, (1 + 0.08) ** -((np.arange(12) + 0.5) / 12)
    asks = [((k, float(size)),) for k in range(len(levers.components)) for size in levers.sizes]
    plain = add_up_horizons(worlds.expect(None, asks), discount, levers.months).reshape(levers.point.shape)
    # what the run's simulated futures add is moved in proportion: no more, in standard deviations, early than late
    moved = np.abs(levers.point - plain) / np.maximum(levers.draws.std(axis=0), 1e-12)
    told = np.abs(plain[..., -1:]) > 1e-6
    assert np.where(told, moved, 0.0).max() < 1.0
    assert np.where(told, moved, 0.0).mean() < LUCK


@pytest.mark.parametrize(("name", "size"), [("delivery", 0.1464), ("delivery", 0.37), ("billing", 0.7), ("app", 0.25)])
def test_a_change_that_is_told_with_other_luck_agrees(company: LeveredCompany, name: str, size: float) -> None:
    """The engine of ``cxlink whatif``, with samples and futures of its own."""
    asked = ChangeSettings.model_validate({"name": "c", "component": name, "reduce": size, "cost": {"one_off": 500}})
    settings = company.grounds.settings.model_copy(update={"changes": (asked,)})
    [told] = decide_changes(replace(company.grounds, settings=settings), np.random.default_rng(99)).effects
    for key in QUANTITIES:
        one = getattr(told, key)
        if isinstance(one, NotEstimable):
            continue
        found = answer(read_off(company, name, size, key, -1), None, unit="", n=1, events=1)
        assert isinstance(found, Estimate)
        half = (one.high - one.low) / 2
        for of in ("point", "low", "high"):
            assert abs(getattr(found, of) - getattr(one, of)) < LUCK * half


def test_what_cannot_be_told_of_any_component_is_refused(company: LeveredCompany) -> None:
    class Nothing:
        def refusals(self, place: int | None) -> dict[str, NotEstimable | None]:
            return dict.fromkeys(QUANTITIES, NotEstimable(f"nothing of {place}", ""))

    grounds = replace(company.grounds, table=Nothing())  # type: ignore[arg-type]  # all that is asked of it
    assert project_levers(grounds, company.projected, np.random.default_rng(1)) is NO_EFFECT


def test_one_component_only_and_threads_that_do_not_matter(company: LeveredCompany) -> None:
    class OnlyDelivery:
        def refusals(self, place: int | None) -> dict[str, NotEstimable | None]:
            told = company.grounds.linked.components[place or 0] == "delivery"
            return dict.fromkeys(QUANTITIES, None if told else NotEstimable("it is not asked", ""))

    grounds = replace(company.grounds, table=OnlyDelivery())  # type: ignore[arg-type]  # all that is asked of it
    alone, threaded = (
        project_levers(replace(grounds, threads=n), company.projected, np.random.default_rng(1)) for n in (1, 2)
    )
    assert not isinstance(alone, NotEstimable)
    assert not isinstance(threaded, NotEstimable)
    assert (alone.draws == threaded.draws).all()
    assert alone.components == ("delivery",)
    place = company.levers.components.index("delivery")
    assert alone.point[0] == pytest.approx(company.levers.point[place], rel=EXACT)


@pytest.mark.parametrize(
    ("n_months", "horizons"), [(1, (1,)), (2, (1, 2)), (3, (1, 2, 3)), (5, (1, 3, 4, 5)), (12, (3, 6, 9, 12))]
)
def test_horizons_are_whole_months(n_months: int, horizons: tuple[int, ...]) -> None:
    assert choose_horizons(n_months) == horizons
