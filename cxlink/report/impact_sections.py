"""What each component does, as printed by ``cxlink impact``: figures, sentences, and one row a figure for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cxlink.estimate import Answer, Estimate
from cxlink.handoff import ComponentEffect, Impact, JointEffect
from cxlink.report.cell_texts import explain_dashes, figure_or_dash
from cxlink.report.component_table import EVIDENCE, sort_effects
from cxlink.report.effect_words import ALL, LABELS, QUANTITIES, Frame, build_word_section, say_effect, say_joint
from cxlink.report.numbers import round_exact
from cxlink.report.section import Kind, Section
from cxlink.report.words import OVERLAP

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("customers_kept", "margin_kept", "cost_saved", "net_benefit", "experience")
_Effect = ComponentEffect | JointEffect


def build_impact_sections(impact: Impact, frame: Frame) -> tuple[Section, ...]:
    """Show figures, and below them what each means.

    Parameters
    ----------
    impact : Impact
        With small cells hidden where that is wanted.
    frame : Frame
        What they are about.

    Returns
    -------
    tuple of Section
        Two.
    """
    headings = {"customers_kept": LABELS["customers_kept"], "experience": impact.kpi_unit}
    columns: list[tuple[str, Kind]] = [("Component", "text")]
    columns += [(headings.get(key, f"{LABELS[key]}, {frame.currency}"), "text") for key in SHOWN]
    columns.append(("Evidence", "prose"))
    effects = _effects(impact)
    rows = [
        (
            name,
            *(figure_or_dash(getattr(effect, key), signed=key == "experience") for key in SHOWN),
            EVIDENCE[effect.grade] if isinstance(effect, ComponentEffect) else "",
        )
        for name, effect in effects
    ]
    refusals = dict.fromkeys(getattr(effect, key) for _, effect in effects for key in SHOWN)
    notes = (ceiling_line(frame), OVERLAP, *explain_dashes(refusals))
    return Section("components", "Components", tuple(columns), tuple(rows), notes), build_word_section(impact, frame)


def ceiling_line(frame: Frame) -> str:
    """Say what the figures are.

    Parameters
    ----------
    frame : Frame
        Horizon.

    Returns
    -------
    str
        One line.
    """
    return f"CEILING: if no such incident happened (95% interval), next {frame.months} months"


def impact_table(impact: Impact, frame: Frame) -> pd.DataFrame:
    """Put every figure into a row.

    Parameters
    ----------
    impact : Impact
        With small cells hidden where that is wanted.
    frame : Frame
        What they are about.

    Returns
    -------
    DataFrame
        Columns component, quantity, point, low, high, level, unit, n, events, grade, method, in_words, not_estimable,
        needs.
    """
    import pandas as pd

    rows = []
    for name, effect in _effects(impact):
        words: Mapping[str, str] = {}
        if isinstance(effect, ComponentEffect):
            words = say_effect(effect, frame)
        elif name == ALL:
            words = say_joint(effect, frame, impact.left_out)
        grade = effect.grade if isinstance(effect, ComponentEffect) else ""
        for key in QUANTITIES:
            answer = getattr(effect, key, None)
            if answer is not None:
                rows.append({"component": name, "quantity": key, **_cells(answer, grade, words.get(key, ""))})
    return pd.DataFrame(rows)


def _effects(impact: Impact) -> list[tuple[str, _Effect]]:
    found: list[tuple[str, _Effect]] = [(effect.component, effect) for effect in sort_effects(impact.components)]
    if len(impact.components) > 1:
        found += [("overlap", impact.overlap), (ALL, impact.joint)]
    if impact.not_explained is not None:
        found.append(("not explained", impact.not_explained))
    return found


def _cells(answer: Answer, grade: str, words: str) -> dict[str, object]:
    told = {"grade": grade, "in_words": words}
    if isinstance(answer, Estimate):
        return {
            "point": round_exact(answer.point),
            "low": round_exact(answer.low),
            "high": round_exact(answer.high),
            "level": answer.level,
            "unit": answer.unit,
            "n": answer.n,
            "events": answer.events,
            "method": answer.method,
            **told,
            "not_estimable": "",
            "needs": "",
        }
    numbers = dict.fromkeys(("point", "low", "high", "level"), float("nan"))
    return {
        **numbers,
        "unit": "",
        "n": 0,
        "events": 0,
        "method": "",
        **told,
        "not_estimable": answer.reason,
        "needs": answer.needs,
    }
