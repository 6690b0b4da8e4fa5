"""The levers in a real browser, against the arithmetic of the package and against what ``cxlink whatif`` tells."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

import numpy as np
import pytest
from scipy.optimize import brentq

from cxlink.estimate import Estimate, NotEstimable
from cxlink.handoff import ChangeEffect, RunResult
from cxlink.impact.answers import Drawn, answer
from cxlink.impact.changes.stage import decide_changes
from cxlink.impact.changes.surface import interpolate
from cxlink.report.change_words import say_chance
from cxlink.report.document import build_document
from cxlink.report.html import render_html
from cxlink.report.lever_data import LeverBoard, LeverComponent, unpack_series
from cxlink.report.lever_sections import build_levers
from cxlink.report.numbers import round_estimate
from cxlink.settings import ChangeSettings
from tests.browser.lever_pages import Opened, open_page
from tests.browser.until import until
from tests.impact.levered_company import LeveredCompany, build_levered_company
from tests.report.conftest import HOSTILE_NAMES, hostile, result  # noqa: F401 - fixtures
from tests.report.test_levers import with_levers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LUCK = 0.25
"""Of an interval's half width: what 20 simulated futures of another seed may move a figure by; see tests/impact."""
ROUNDED = 0.1
"""Of an interval's half width: a figure is shown to two digits of the width, so that half a step is at most this."""
CHANCE = 0.2
"""What a shift by that luck, half a standard deviation at most, may do to a probability: 0.4 * 0.5."""
EVEN = 0.1
"""Relative: what that luck may do to a break-even reduction of effects that are sure."""
ROWS = ("experience", "customers_kept", "revenue_kept", "cost_saved", "npv")
STATES = (
    ("delivery", 30, 800, 20, 0.7, 12),
    ("delivery", 50, 0, 0, 0.45, 6),
    ("billing", 37, 1500, 0, 0.7, 9),
    ("app", 85, 0, 200, 1, 12),
    ("support", 1, 3, 0.5, 0.333, 3),
    ("product", 100, 99999, 12, 0, 12),
    ("onboarding", 64, 10, 0, 0.7, 6),
    ("delivery", 0, 100, 10, 0.7, 12),
)


@pytest.fixture(scope="module")
def company(browser: Browser) -> LeveredCompany:
    return build_levered_company()


@pytest.fixture
def file(company: LeveredCompany, result: RunResult, tmp_path: Path) -> Path:  # noqa: F811 - the fixture
    board = board_of(company, result)
    return write_page(tmp_path, render_html(replace(build_document(result), levers=board)))


def board_of(company: LeveredCompany, result: RunResult) -> LeverBoard:  # noqa: F811 - the fixture's value
    board = build_levers(replace(result, impact=company.impact, gross_margin=0.7))
    assert board is not None
    return board


def write_page(folder: Path, page: str) -> Path:
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    return file


def fragment_of(name: str, reduction: float, one_off: float, per_month: float, margin: float, horizon: int) -> str:
    money = f"one_off={one_off}&per_month={per_month}&margin={margin}"
    return f"#lever={quote(name)}&reduction={reduction}&{money}&horizon={horizon}"


def move_to(opened: Opened, fragment: str) -> None:
    opened.page.evaluate("fragment => { location.hash = fragment; }", fragment)
    until(opened.page, "fragment => location.hash === fragment", fragment)
    opened.page.wait_for_timeout(20)  # the event that tells of it comes in its own turn


def shown(opened: Opened, key: str) -> tuple[str, str]:
    first, second = opened.page.locator(f"#lever-row-{key} td").all_text_contents()
    return first, second


def numbers_of(opened: Opened, key: str) -> tuple[float, float, float]:
    first, second = shown(opened, key)
    point = float(first.replace(",", ""))
    low, high = re.fullmatch(r"(-?[\d,.]+)(?: to |-)(-?[\d,.]+)", second).groups()  # type: ignore[union-attr]
    return point, float(low.replace(",", "")), float(high.replace(",", ""))


def drawn_of(component: LeverComponent, board: LeverBoard, key: str, size: float, horizon: int) -> np.ndarray:
    """(1 + n_draws,) of one quantity, read off by the package's own arithmetic."""
    values = unpack_series(getattr(component, key), len(board.sizes), len(board.months))[:, :, horizon]
    grid, whole = np.append(0.0, board.sizes), np.column_stack([np.zeros(len(values)), values])
    return interpolate(whole, grid, np.full(len(values), size))


def test_the_page_reckons_as_the_package_does(
    company: LeveredCompany,
    result: RunResult,  # noqa: F811 - the fixture
    browser: Browser,
    file: Path,
) -> None:
    board = board_of(company, result)
    named = {one.name: one for one in board.components}
    with open_page(browser, file) as opened:
        for state in STATES:
            name, reduction, one_off, per_month, margin, months = state
            move_to(opened, fragment_of(*state))
            horizon, component = board.months.index(months), named[name]
            found = {
                key: drawn_of(component, board, key, reduction / 100, horizon)
                for key in ROWS[:-1]
                if getattr(component, key).numbers
            }
            spent = one_off + per_month * board.discount[horizon]
            found["npv"] = margin * found["revenue_kept"] + found["cost_saved"] - spent
            for key, values in found.items():
                told = answer(Drawn(float(values[0]), values[1:]), None, unit="", n=1, events=1)
                assert isinstance(told, Estimate)
                figure = round_estimate(told, signed=key != "npv")
                assert shown(opened, key) == (figure.point_text, figure.interval_text), (state, key)
            said = opened.page.locator("#lever-said").inner_text()
            assert f"It is {say_chance(float((found['npv'][1:] > 0).mean()))} likely to pay." in said
        assert opened.complaints == []


def test_the_page_breaks_even_where_the_package_does(
    company: LeveredCompany,
    result: RunResult,  # noqa: F811 - the fixture
    browser: Browser,
    file: Path,
) -> None:
    board = board_of(company, result)
    delivery = next(one for one in board.components if one.name == "delivery")

    def expected(size: float, spent: float) -> float:
        revenue, cost = (drawn_of(delivery, board, key, size, 3)[1:] for key in ("revenue_kept", "cost_saved"))
        return float(np.mean(0.7 * revenue + cost)) - spent

    ask = """([revenue, cost, spent]) => {
        const board = JSON.parse(document.getElementById("lever-data").textContent);
        const one = board.components.find((one) => one.name === "delivery");
        const of = (key) => leverMath.unpack(one[key], board.sizes.length, board.months.length);
        return leverMath.breakEven(of(revenue), of(cost), board.sizes, 3, 0.7, spent);
    }"""
    with open_page(browser, file) as opened:
        for spent in (200.0, 1500.0, 3000.0):
            found = opened.page.evaluate(ask, ["revenue_kept", "cost_saved", spent])
            assert found["at"] == pytest.approx(brentq(expected, 0.0, 1.0, args=(spent,)), abs=1e-9)
        for spent, why in ((0, "even_free"), (1e9, "even_never")):
            assert opened.page.evaluate(ask, ["revenue_kept", "cost_saved", spent]) == {"at": None, "why": why}


def test_figures_are_rounded_as_everywhere(browser: Browser, file: Path) -> None:
    rng = np.random.default_rng(8)
    cases = [(0.0, 0.0, 0.0), (12.5, 12.5, 12.5), (-0.4, -30.0, 20.0), (0.02, 0.001, 40.0), (995.0, 985.0, 1005.0)]
    for _ in range(300):
        low, point, high = np.sort(rng.normal(rng.normal(), 1.0, 3)) * 10.0 ** rng.integers(-5, 9)
        cases.append((float(point), float(low), float(high)))
    with open_page(browser, file) as opened:
        found = opened.page.evaluate(
            "cases => cases.map(([point, low, high]) => leverMath.roundAnswer({ point, low, high }))", cases
        )
    for (point, low, high), one in zip(cases, found, strict=True):
        figure = round_estimate(Estimate(point, low, high, 0.95, "", 1, 1, ""))
        assert one["decimals"] == figure.decimals
        for of in ("point", "low", "high"):
            assert Decimal(str(one[of])) == pytest.approx(getattr(figure, of), rel=Decimal("1e-9"))


def told_by_whatif(company: LeveredCompany, state: tuple[str, float, float, float, float, int]) -> ChangeEffect:
    """The engine of ``cxlink whatif``, with samples and futures of its own."""
    name, reduction, one_off, per_month, margin, months = state
    asked = ChangeSettings.model_validate(
        {
            "name": "asked",
            "component": name,
            "reduce": reduction / 100,
            "cost": {"one_off": one_off, "per_month": per_month},
        }
    )
    settings = company.grounds.settings
    finance = settings.finance.model_copy(update={"gross_margin": margin})
    model = settings.model.model_copy(update={"horizon_months": months})
    settings = settings.model_copy(update={"finance": finance, "model": model, "changes": (asked,)})
    [effect] = decide_changes(replace(company.grounds, settings=settings), np.random.default_rng(77)).effects
    return effect


@pytest.mark.parametrize("state", STATES[:6], ids=lambda state: f"{state[0]}-{state[1]}-{state[5]}")
def test_each_slider_tells_what_whatif_tells(
    company: LeveredCompany, browser: Browser, file: Path, state: tuple[str, float, float, float, float, int]
) -> None:
    told = told_by_whatif(company, state)
    with open_page(browser, file, fragment_of(*state)) as opened:
        for key in ROWS:
            one = getattr(told, key)
            if isinstance(one, NotEstimable):
                assert shown(opened, key)[0].startswith("cannot be told")
                continue
            half = (one.high - one.low) / 2
            for seen, exact in zip(numbers_of(opened, key), (one.point, one.low, one.high), strict=True):
                assert abs(seen - exact) <= (LUCK + ROUNDED) * half, key
        said = opened.page.locator("#lever-said").inner_text()
    assert not isinstance(told.payoff, NotEstimable)
    percent = re.search(r"It is [<>]?(\d+)% likely", said)
    assert percent
    assert abs(int(percent[1]) / 100 - told.payoff.probability) <= CHANCE
    even = re.search(r"breaks even at ([\d.]+)%", said)
    assert (even is not None) == (told.payoff.break_even is not None)
    if even and told.payoff.break_even is not None:
        assert float(even[1]) / 100 == pytest.approx(told.payoff.break_even, rel=EVEN, abs=0.01)


def test_the_controls_move_the_figures_and_the_address_keeps_them(browser: Browser, file: Path) -> None:
    with open_page(browser, file) as opened:
        page, levers = opened.page, opened.page.locator("#levers")
        levers.get_by_label("Component").select_option("billing")
        levers.get_by_label("Fewer incidents").fill("45")
        levers.get_by_label("Cost once").fill("1200.5")
        levers.get_by_label("Cost a month").fill("30")
        levers.get_by_label("Gross margin").fill("62.5")
        levers.get_by_label("Horizon").select_option("6 months")
        levers.get_by_label("Show the spread of").select_option("cost_saved")
        until(page, "() => location.hash.includes('show')")
        kept = {key: value[0] for key, value in parse_qs(page.url.split("#")[1]).items()}
        before = [shown(opened, key) for key in ROWS], page.locator("#lever-said").inner_text()
        address = "#" + page.url.split("#")[1]
    assert kept == {
        "lever": "billing",
        "reduction": "45",
        "one_off": "1200.5",
        "per_month": "30",
        "margin": "0.625",
        "horizon": "6",
        "show": "cost_saved",
    }
    assert before[1].startswith("45% fewer billing incidents, 6 months: NPV EUR ")
    with open_page(browser, file, address) as opened:
        assert ([shown(opened, key) for key in ROWS], opened.page.locator("#lever-said").inner_text()) == before
        assert opened.page.locator("#lever-show").input_value() == "cost_saved"


def test_an_address_is_taken_value_by_value(browser: Browser, file: Path) -> None:
    wrong = "#lever=nobody&reduction=101&one_off=-5&per_month=NaN&margin=1e-1&horizon=7&show=__proto__&x=%00"
    with open_page(browser, file) as opened:
        usual = opened.page.locator("#lever-said").inner_text()
    assert usual.startswith("10% fewer delivery incidents, 12 months: NPV EUR ")
    with open_page(browser, file, wrong) as opened:
        assert opened.page.locator("#lever-said").inner_text() == usual
        assert opened.complaints == []
        move_to(opened, wrong.replace("reduction=101", "reduction=25").replace("lever=nobody", "lever=app"))
        assert opened.page.locator("#lever-said").inner_text().startswith("25% fewer app incidents, 12 months")
        move_to(opened, "#components")
        assert opened.page.locator("#lever-said").inner_text().startswith("25% fewer app incidents, 12 months")


def test_the_keyboard_alone_is_enough(browser: Browser, file: Path) -> None:
    with open_page(browser, file) as opened:
        page = opened.page
        page.locator("#lever-component").focus()
        order = []
        for _ in range(7):
            order.append(page.evaluate("document.activeElement.id"))
            if order[-1] == "lever-reduction":
                for _ in range(5):
                    page.keyboard.press("ArrowRight")
                page.keyboard.press("PageUp")
            elif order[-1] == "lever-one-off":
                page.keyboard.press("Control+a")
                page.keyboard.type("750")
            elif order[-1] in ("lever-component", "lever-show"):
                page.keyboard.press("ArrowDown" if order[-1] == "lever-component" else "ArrowUp")
            page.keyboard.press("Tab")
        names = ("component", "reduction", "one-off", "per-month", "margin", "horizon", "show")
        assert order == [f"lever-{name}" for name in names]
        until(page, "() => location.hash.includes('show=cost_saved')")
        assert page.locator("#lever-one-off").input_value() == "750"
        assert page.locator("#lever-reduction").get_attribute("aria-valuetext") == "25% fewer"
        said = page.locator("#lever-said")
        assert said.get_attribute("aria-live") == "polite"
        assert said.inner_text().startswith("25% fewer billing incidents, 12 months: NPV EUR ")


def test_a_control_that_says_nothing_sensible_is_told(browser: Browser, file: Path) -> None:
    with open_page(browser, file) as opened:
        page = opened.page
        for name, text, complaint in (
            ("one-off", "-1", "Costs are numbers of 0 or more."),
            ("margin", "170", "The gross margin is a number from 0 to 100, or empty."),
        ):
            control = page.locator(f"#lever-{name}")
            control.fill(text)
            assert page.locator("#lever-wrong").inner_text() == complaint
            assert control.get_attribute("aria-invalid") == "true"
            assert page.locator("#lever-result").is_hidden()
            control.fill("0")
            assert page.locator("#lever-result").is_visible()
        page.locator("#lever-margin").fill("")
        assert shown(opened, "npv")[0] == "cannot be told: Give a gross margin to see it."
        assert re.fullmatch(r"\+[\d,]+", shown(opened, "revenue_kept")[0])


def test_what_cannot_be_told_is_said(
    browser: Browser,
    result: RunResult,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    file = write_page(tmp_path, render_html(build_document(with_levers(result))))
    with open_page(browser, file, "#lever=support&one_off=100&margin=0.7") as opened:
        for key in ROWS:
            point, spread = shown(opened, key)
            assert point.startswith("cannot be told: ")
            assert spread == ""
            assert not re.search(r"EUR|\b0\b", point)
        assert opened.page.locator("#lever-chart").is_hidden()
        said = opened.page.locator("#lever-said").inner_text()
        assert said == (
            "10% fewer support incidents, 12 months: no NPV can be told."
            " 6 exposed churners. Needs: 10 exposed churners."
        )
        move_to(opened, "#lever=website&margin=0.7&show=experience")
        assert shown(opened, "npv")[0].startswith("cannot be told: no ticket of this component has a cost.")
        assert shown(opened, "experience")[0].startswith("+")
        assert "Evidence: D descriptive" in opened.page.locator("#lever-evidence").inner_text()


def test_the_spread_is_drawn_and_told(browser: Browser, file: Path) -> None:
    with open_page(browser, file, fragment_of("delivery", 30, 2200, 0, 0.7, 12)) as opened:
        page = opened.page
        chart = page.locator("#lever-chart")
        assert chart.locator("title").text_content() == "Spread of NPV, EUR over 100 draws"
        told = page.locator("#lever-drawn").inner_text()
        assert chart.locator("desc").text_content() == told
        below = re.match(r"(\d+) of 100 draws lie below zero\.", told)
        assert below
        heights = page.locator("#lever-chart rect").evaluate_all(
            "all => all.map((one) => Number(one.getAttribute('height')))"
        )
        assert max(heights) > 0
        cells = [float(text.replace(",", "")) for text in page.locator("#lever-deciles td").all_text_contents()]
        assert cells == sorted(cells)
        counts = page.evaluate("values => leverMath.histogram(Float64Array.from(values)).counts", [9, -1, 0.5, 1, 2, 3])
        assert sum(counts) == 5  # the first is the point
        # sides differ by shape as well as by colour
        assert {"op k1", "mk k0"} >= set(
            page.locator("#lever-chart rect").evaluate_all("all => all.map((o) => o.className.baseVal)")
        )


def test_nothing_leaves_the_page_and_names_of_others_are_inert(
    browser: Browser,
    hostile: RunResult,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    file = write_page(tmp_path, render_html(build_document(with_levers(hostile, gross_margin=0.7))))
    with open_page(browser, file) as opened:
        page = opened.page
        names = page.locator("#lever-component option").all_text_contents()
        assert len(names) == len(HOSTILE_NAMES)
        assert "<script>alert(1)</script>" in names
        for name in names:
            page.locator("#lever-component").select_option(label=name)
            until(page, "name => new URLSearchParams(location.hash.slice(1)).get('lever') === name", name)
            assert name in page.locator("#lever-said").inner_text()
            with open_page(browser, file, "#" + page.url.split("#", 1)[1]) as again:
                assert again.page.locator("#lever-component option:checked").inner_text() == name
        assert set(opened.requests) == {file.as_uri()}
        assert (opened.complaints, opened.dialogs) == ([], [])


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_levers_fit_a_phone_and_the_dark(browser: Browser, file: Path, width: int, scheme: str) -> None:
    with open_page(browser, file, viewport={"width": width, "height": 800}, color_scheme=scheme) as opened:
        wide = opened.page.evaluate("document.getElementById('levers').scrollWidth > innerWidth")
        assert not wide
        colour = opened.page.evaluate("getComputedStyle(document.querySelector('#lever-chart rect')).color")
        assert colour == ("rgb(0, 114, 178)" if scheme == "light" else "rgb(86, 180, 233)")


def test_without_script_the_page_says_where_else_to_ask(browser: Browser, file: Path) -> None:
    with open_page(browser, file, java_script_enabled=False) as opened:
        assert opened.page.locator("#lever-board").is_hidden()
        assert "cxlink whatif --component" in opened.page.locator("#levers noscript").inner_text()
