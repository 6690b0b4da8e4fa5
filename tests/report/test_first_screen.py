"""The first screen: what is chosen, and that every rendering tells the same with the same rounding."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Literal

import pytest

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import Readiness, RunResult
from cxlink.report.charts.calibration import Calibration
from cxlink.report.charts.control import Control
from cxlink.report.charts.forest import Forest
from cxlink.report.charts.waterfall import Waterfall
from cxlink.report.document import build_document
from cxlink.report.html import render_html
from cxlink.report.locales import LOCALES
from cxlink.report.markdown import render_markdown
from cxlink.report.markdown_blocks import Block, fit
from cxlink.report.not_yet import list_not_yet
from cxlink.report.parts import Document, render_sentence
from cxlink.report.results import build_results
from cxlink.report.shown_text import Sink
from cxlink.report.terminal import render_terminal
from tests.report.conftest import FEW_CHURNERS, effect, euros, heads, points
from tests.report.full_results import full_document, full_result


def plain_of_html(document: Document) -> str:
    page = render_html(document).split('<section id="first"')[1].split("</section>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))


def plain_of_markdown(document: Document) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", render_markdown(document)).replace("**", ""))


def plain_of_terminal(document: Document) -> str:
    return re.sub(r"\s+", " ", render_terminal(document, width=100).plain)


def facts(document: Document) -> list[str]:
    first = document.first
    told = [render_sentence(one, Sink.PLAIN) for one in (first.costliest, first.tenth, first.ceiling, first.evidence)]
    told += [first.waiting_line, first.silent, *first.moved]
    return [*told, *(one.reach for one in first.mend)]


def test_every_rendering_tells_the_same_facts(result: RunResult) -> None:
    document = full_document(result)
    html, markdown, terminal = plain_of_html(document), plain_of_markdown(document), plain_of_terminal(document)
    for fact in facts(document):
        assert fact
        assert fact in html
        assert fact in markdown
        if fact != facts(document)[0]:
            assert fact in terminal
    for claim in document.first.claims:
        assert f"{claim.text}: {claim.verdict}" in html
        assert f"{claim.text}: {claim.verdict}" in markdown
    for item in document.first.not_yet[:3]:
        assert f"{item.output}: {item.needs}" in html
        assert f"{item.output}: {item.needs}" in markdown


def test_the_first_screen_tells_what_the_tables_tell(result: RunResult) -> None:
    document = full_document(result)
    cells = [cell.text for row in document.table.rows for cell in row.cells]
    forest = next(one.chart for one in document.charts if isinstance(one.chart, Forest))
    spans = {row.label: row.span.text for row in forest.rows if row.span}
    headline = render_sentence(document.first.costliest, Sink.PLAIN)
    assert "EUR 220 thousand (110-320)" in headline
    assert spans["delivery"] == "220 (110-320)"
    assert spans["together"] in render_sentence(document.first.ceiling, Sink.PLAIN).replace(" thousand", "")
    assert "190 (80-290)" in cells


def test_causes_are_those_of_the_costliest_components(result: RunResult) -> None:
    cause = result.causes[0]
    causes = tuple(
        replace(cause, component=component, cause=name, customers=customers)
        for component, name, customers in (
            ("website", "slow", 900),
            ("delivery", "late", 300),
            ("delivery", "damaged", 400),
            ("billing", "wrong", 100),
            ("parking", "full", 5000),
        )
    )
    document = build_document(replace(result, causes=causes))
    chosen = [(one.component, one.cause) for one in document.first.mend]
    assert chosen == [("delivery", "damaged"), ("billing", "wrong"), ("website", "slow")]


@pytest.mark.parametrize(
    ("component", "command"),
    [("delivery", "cxlink rows delivery"), ("a b; rm -rf /", "cxlink rows 'a b; rm -rf /'")],
)
def test_the_command_can_be_pasted(result: RunResult, component: str, command: str) -> None:
    causes = (replace(result.causes[0], component=component),)
    mend = build_document(replace(result, causes=causes)).first.mend
    assert render_sentence(mend[0].command, Sink.PLAIN) == command


def test_the_public_is_shown_neither_customers_nor_records(result: RunResult) -> None:
    first = build_document(replace(full_result(result), audience="published")).first
    assert first.waiting == ()
    assert all(one.command == () and one.example == "" for one in first.mend)
    assert "pay EUR" not in first.waiting_line


def test_results_have_what_waits(result: RunResult) -> None:
    low = build_results(full_result(result))["closed_loop"]["low"]
    assert (low["waiting_customers"], low["waiting_monthly"]) == (28, 1376.4)
    told = build_results(replace(full_result(result), audience="published"))["closed_loop"]["low"]
    # two who wait are no longer customers: they would follow
    assert "not_estimable" in told["waiting_monthly"]


def test_the_public_sees_no_calibration_of_few(result: RunResult) -> None:
    def has_calibration(one: RunResult) -> bool:
        return any(isinstance(placed.chart, Calibration) for placed in build_document(one).charts)

    assert has_calibration(full_result(result))
    # 250 customers of whom 1.8% left are fewer than ten leavers
    assert not has_calibration(replace(full_result(result), audience="published"))


def when(reason: str, needs: str) -> str:
    first, last = date(2024, 1, 1), date(2025, 12, 31)
    item = list_not_yet((), (Readiness("x", ready=False, needs=needs, has=reason),), first=first, last=last)
    return item[0].when


@pytest.mark.parametrize(
    ("reason", "needs", "expected"),
    [
        # two years brought half of what is needed: two more
        ("", "20 leavers in the observed window, 10 seen: end dates of more customers", "about 2027-12"),
        ("10 exposed churners, needs 20", "more customers or a longer window", "about 2027-12"),
        ("10 exposed churners", "20 exposed churners", "about 2027-12"),
        ("", "delivery: 10 leavers within 90 days of an incident, 5 seen", "about 2027-12"),
        ("1 exposed churners, needs 20", "more customers", "not within ten years"),
        ("0 exposed churners, needs 20", "more customers", "not within ten years"),
        ("", "[finance] gross_margin", "as soon as it is set"),
        ("", "an employees export (team, month)", "with the run after it is exported"),
        ("", "tickets.closed_at", "with the run after it is exported"),
        ("suppressed: fewer than 10 customers", "a larger group", ""),
        ("12 exposed churners", "30 answers", ""),
    ],
)
def test_when_it_can_be_told(reason: str, needs: str, expected: str) -> None:
    assert when(reason, needs).startswith(expected)
    assert bool(when(reason, needs)) == bool(expected)


def test_components_that_lack_the_same_are_not_listed(result: RunResult) -> None:
    untold = [effect(name, *[FEW_CHURNERS] * 4, net=FEW_CHURNERS) for name in ("a", "b")]
    assert list_not_yet(untold, (), first=date(2024, 1, 1), last=date(2025, 12, 31)) == ()
    (one,) = list_not_yet(
        [untold[0], effect("c", heads(1, 0, 2), euros(1, 0, 2), euros(1, 0, 2), points(1, 0, 2), net=euros(1, 0, 2))],
        (),
        first=date(2024, 1, 1),
        last=date(2025, 12, 31),
    )
    assert one.output == "a"


def test_shares_that_do_not_add_up_are_not_drawn(result: RunResult) -> None:
    kinds = [type(one.chart) for one in build_document(result).charts]
    assert Forest in kinds
    assert Waterfall not in kinds
    effects = result.impact.components
    gone = NotEstimable("not told", "")
    shares: list[Answer] = [euros(200_000, 1, 2), euros(100_000, 1, 2), gone, gone]
    shared = tuple(
        replace(one, joint_share={**one.joint_share, "net_benefit": share})
        for one, share in zip(effects, shares, strict=True)
    )
    told = sum(share.point for share in shares if not isinstance(share, NotEstimable))
    joint = replace(result.impact.joint, net_benefit=euros(told, 150_000, 450_000))
    document = build_document(replace(result, impact=replace(result.impact, components=shared, joint=joint)))
    waterfall = next(one.chart for one in document.charts if isinstance(one.chart, Waterfall))
    assert [step.label for step in waterfall.steps][-1] in ("together", "overlap: together less each alone")


def test_what_moved_is_drawn_before_what_did_not(document: Document) -> None:
    titles = [one.chart.head.title for one in document.charts if isinstance(one.chart, Control)]
    assert titles[0].startswith("billing: share of customers met")
    assert len(titles) <= 6


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "EUR 1,204.50 to 2025-12-31 (0.5-7.5%), 2025-07/2025-09, v1.2.3 of cxlink 0.1.0; 12,345,678"),
        ("de", "EUR 1.204,50 to 31.12.2025 (0,5-7,5%), 2025-07/2025-09, v1.2.3 of cxlink 0.1.0; 12.345.678"),
        ("pt", "EUR 1.204,50 to 31/12/2025 (0,5-7,5%), 2025-07/2025-09, v1.2.3 of cxlink 0.1.0; 12.345.678"),
        (
            "lv",
            "EUR 1\u00a0204,50 to 31.12.2025. (0,5-7,5%), 2025-07/2025-09, v1.2.3 of cxlink 0.1.0;"
            " 12\u00a0345\u00a0678",
        ),
        ("he", "EUR 1,204.50 to 31.12.2025 (0.5-7.5%), 2025-07/2025-09, v1.2.3 of cxlink 0.1.0; 12,345,678"),
    ],
)
def test_numbers_and_dates_by_locale(language: str, expected: str) -> None:
    text = "EUR 1,204.50 to 2025-12-31 (0.5-7.5%), 2025-07/2025-09, v1.2.3 of cxlink 0.1.0; 12,345,678"
    assert LOCALES[language].write(text) == expected


def body_of(document: Document) -> str:
    page = re.sub(r"<(style|script|code|footer)\b[^>]*>.*?</\1>", "", render_html(document), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_a_page_mixes_no_locales(result: RunResult, language: str) -> None:
    document = full_document(result)
    english, own = body_of(document), body_of(replace(document, language=language))
    numbers = set(re.findall(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?![\w.,]*\d)", english))
    assert len(numbers) > 50
    kept = {one for one in numbers if re.search(rf"(?<![\w.,]){re.escape(one)}(?![\w.,]*\d)", own)}
    if language in ("de", "es", "lv", "pt"):
        # the claim is in the words of whoever made it
        assert kept <= {"0.5"}
    else:
        assert kept == numbers
    # Markdown and the terminal are for logs and programs: English
    told = replace(document, language=language)
    assert render_markdown(told) == render_markdown(document)
    assert render_terminal(told).plain == render_terminal(document).plain


def test_names_keep_their_numbers(result: RunResult) -> None:
    causes = (replace(result.causes[0], component="release 1,204.5", cause="2025-12-31"),)
    page = render_html(replace(build_document(replace(result, causes=causes)), language="de"))
    assert "release 1,204.5: 2025-12-31" in page


@pytest.mark.parametrize("audience", ["internal", "published"])
def test_a_run_with_next_to_nothing_has_a_first_screen(
    result: RunResult, audience: Literal["internal", "published"]
) -> None:
    gone = NotEstimable("nothing", "something")
    bare = replace(
        result,
        audience=audience,
        causes=(),
        monitoring=gone,
        impact=replace(result.impact, components=(), doubts=gone),
        readiness=(),
    )
    document = build_document(bare)
    assert document.first.mend == ()
    assert "No component's cost can be told" in plain_of_html(document)
    assert render_terminal(document).plain
    assert "Nothing that was asked for is missing" in plain_of_html(document)


def test_a_summary_that_is_too_long_says_what_it_leaves_out() -> None:
    blocks = [
        Block(["# First", "facts"]),
        Block(["## Small"], ["x" * 100], 3),
        Block(["## Large"], ["y" * 5000], 1234),
    ]
    whole = fit(blocks)
    assert "y" * 5000 in whole
    cut = fit(blocks, largest=1000)
    assert len(cut.encode()) <= 1000
    assert "facts" in cut
    assert "x" * 100 in cut
    assert "## Large\n\nLeft out here, as this page may not be longer (1,234 rows): see report.html." in cut
