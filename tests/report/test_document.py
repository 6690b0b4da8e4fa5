"""What people are shown: which columns, which reasons, and how often each is said."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import ComponentEffect, JointEffect, Message, RunResult
from cxlink.report.document import build_document
from cxlink.report.parts import Document, render_sentence
from cxlink.report.shown_text import Sink
from cxlink.report.suppress import EFFECTS
from tests.report.conftest import FEW_CHURNERS, NO_MARGIN, effect, euros, heads, joint, ordinary_effects, points


def said(sentence: tuple[str, ...]) -> str:
    return render_sentence(sentence, Sink.PLAIN)


def with_effects(result: RunResult, *effects: ComponentEffect, together: JointEffect | None = None) -> Document:
    joint, overlap = together or result.impact.joint, result.impact.overlap
    gone = {name: getattr(joint, name) for name in EFFECTS if isinstance(getattr(joint, name), NotEstimable)}
    if len(effects) < 2:
        gone = dict.fromkeys(EFFECTS, NO_MARGIN)
    impact = replace(result.impact, components=effects, joint=joint, overlap=replace(overlap, **gone))
    return build_document(replace(result, impact=impact))


def test_the_costliest_comes_first_and_the_untold_last(document: Document) -> None:
    names = [row.name for row in document.table.rows]
    assert names == ["delivery", "billing", "website", "support", "overlap", "together"]
    assert said(document.headline).startswith(
        "Costliest we can tell: delivery incidents, up to EUR 220 thousand (110-320)"
    )


def test_evidence_is_in_words(document: Document) -> None:
    assert [row.evidence for row in document.table.rows[:3]] == [
        "C adjusted",
        "B within the same customers",
        "D descriptive",
    ]


def test_a_row_without_figures_says_why_on_one_line(document: Document) -> None:
    support = document.table.rows[3]
    assert support.cells == ()
    assert said(support.cannot_tell) == "cannot tell: 6 exposed churners; needs 10 exposed churners [1] [2]"


def test_each_reason_is_said_once(document: Document) -> None:
    notes = [said(note) for note in document.table.notes]
    assert notes == [
        "website, support (Cost saved): no ticket of this component has a cost."
        " Needs: handle_minutes or cost in tickets.",
        "support (NPS): 14 answers after an incident. Needs: 30 answers.",
    ]
    assert document.table.rows[2].cells[2].text == "- [1]"


def test_overlap_bears_its_own_interval(document: Document) -> None:
    overlap = document.table.rows[4]
    assert [cell.text for cell in overlap.cells] == [
        "-6 (-14 to -1)",
        "-56 (-98 to -12)",
        "-2.0 (-3.5 to -0.4)",
        "-0.52 (-0.90 to -0.10)",
    ]


def test_without_a_gross_margin_the_column_is_revenue(result: RunResult) -> None:
    effects = [replace(one, margin_kept=NO_MARGIN, net_benefit=NO_MARGIN) for one in ordinary_effects()]
    document = with_effects(result, *effects, together=replace(joint(), margin_kept=NO_MARGIN, net_benefit=NO_MARGIN))
    assert [column.label for column in document.table.columns] == ["Kept", "Revenue kept", "Cost saved", "NPS"]
    assert [said(remark) for remark in document.table.remarks] == [
        "Margin kept cannot be told: gross margin is not set. Needs: [finance] gross_margin."
    ]


def test_one_off_buyers_get_the_score_and_the_reason_once(result: RunResult) -> None:
    gone = NotEstimable("no active population is definable for one-off buyers", "a subscription or repeat purchases")
    effects = [
        effect(name, gone, gone, gone, points(1.2, 0.4, 2.0), net=gone, grade="D") for name in ("delivery", "returns")
    ]
    together = JointEffect(points(2.0, 1.0, 3.0), gone, gone, gone, gone, gone)
    impact = replace(result.impact, components=tuple(effects), joint=together, population=0)
    document = build_document(replace(result, impact=impact))
    assert [column.label for column in document.table.columns] == ["NPS"]
    assert document.table.notes == ()
    assert [said(remark) for remark in document.table.remarks] == [
        "Kept, Margin kept, Cost saved cannot be told: no active population is definable for one-off buyers."
        " Needs: a subscription or repeat purchases."
    ]
    assert said(document.header) == "Acme | 4,500 customers | to 2025-12-31 | NPS points"
    assert said(document.tenth_line) == "10% fewer delivery incidents: about +0.12 (0.04-0.20) NPS points"


def test_nothing_told_at_all(result: RunResult) -> None:
    untold = [effect(n, *[FEW_CHURNERS] * 4, net=FEW_CHURNERS) for n in ("a", "b")]
    document = with_effects(result, *untold, together=JointEffect(*[FEW_CHURNERS] * 6))
    assert document.table.columns == ()
    assert len(document.table.remarks) == 1
    assert said(document.headline) == "No component's cost can be told from this data yet."
    assert document.tenth_line == ()


def test_a_lever_whose_interval_holds_zero_says_so(result: RunResult) -> None:
    doubtful = effect(
        "website", heads(3, -5, 12), euros(14_100, -19_800, 47_700), euros(0, -1, 1), points(0, -1, 1),
        net=euros(14_100, -19_800, 47_700),
    )  # fmt: skip
    document = with_effects(result, doubtful)
    assert said(document.tenth_line) == (
        "10% fewer website incidents: about EUR 1.4 thousand (-2.0 to 4.8) of margin and cost in the next 12 months,"
        " before the fix's cost; it may be nothing"
    )


def test_a_single_component_has_neither_overlap_nor_sum(result: RunResult) -> None:
    document = with_effects(result, ordinary_effects()[0])
    assert [row.kind for row in document.table.rows] == ["component"]


def test_the_ledger_line_tells_when_it_does_not_balance(result: RunResult) -> None:
    entry, *others = result.loaded.ledger
    broken = replace(result.loaded, ledger=(replace(entry, rows_read=1), *others))
    document = build_document(replace(result, loaded=broken))
    assert document.ledger_line.startswith("LEDGER DOES NOT BALANCE")
    assert "CX803" in [notice.code for notice in document.notices]


def test_revenue_that_does_not_reconcile_is_told(result: RunResult) -> None:
    document = build_document(replace(result, linked=replace(result.linked, reconciliation=(("matched", 1),))))
    assert document.ledger_line.startswith("LEDGER DOES NOT BALANCE")


def test_errors_come_before_warnings_and_each_once(result: RunResult) -> None:
    worse = Message("CX900", "error", "impact", "broke", "mend")
    document = build_document(replace(result, messages=(worse, worse, *result.linked.messages)))
    assert [notice.code for notice in document.notices] == ["CX900", "CX204"]


def test_verbatims_can_be_left_out(result: RunResult) -> None:
    document = build_document(replace(result, verbatims=0))
    assert [cause.examples for cause in document.causes] == [(), ()]
