"""Each figure of a component as a sentence that a finance reader understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import ComponentEffect, Impact, JointEffect, RunResult
from cxlink.report.component_table import EVIDENCE, LEFT_OUT_OF, sort_effects
from cxlink.report.numbers import round_estimate
from cxlink.report.section import Kind, Section

QUANTITIES = (
    "customers_kept",
    "revenue_kept",
    "margin_kept",
    "cost_saved",
    "net_benefit",
    "experience",
    "hazard_ratio",
)
LABELS = {
    "customers_kept": "Customers kept",
    "revenue_kept": "Revenue kept",
    "margin_kept": "Margin kept",
    "cost_saved": "Cost saved",
    "net_benefit": "Net benefit",
    "experience": "Score",
    "hazard_ratio": "Churn ratio",
}
TEMPLATES = {
    "customers_kept": (
        "{without}, {size} {way} of the {population} active customers would still be there after {months}"
        " months{doubt}.",
        "more",
        "fewer",
    ),
    "revenue_kept": (
        "{without}, these customers would bring {money} {way} revenue in {months} months, discounted{doubt}.",
        "more",
        "less",
    ),
    "margin_kept": ("{without}, that would be {money} {way} margin in {months} months{doubt}.", "more", "less"),
    "cost_saved": (
        "{without}, {money} {way} on handling and credits in {months} months, net of what serving the customers kept"
        " costs{doubt}.",
        "would not be spent",
        "more would be spent",
    ),
    "net_benefit": (
        "{without}, margin and cost together would be {money} {way} in {months} months{doubt}.",
        "better",
        "worse",
    ),
    "experience": ("{without}, the {kpi} of these customers would be {size} points {way}{doubt}.", "higher", "lower"),
}
"""Of each quantity: the sentence, and the words for more and for less."""

ALL = "all components together"
NOTHING = "the data cannot tell whether it is anything at all"
OBSERVED_SCORE = "{without}, the {kpi} of the answers given would have been {size} points {way}{doubt}."
OBSERVED_NOTE = (
    "Nobody is known to be a customer still, so that each sentence is about the answers given, beside what they would"
    " have been. The range in brackets would hold the truth in 95 of 100 such cases, if the method's assumptions"
    " hold. Each figure is a ceiling: no fix ends every incident, and a fix has its price."
)
NOTE = (
    "Each sentence is about the customers active at the cut-off, who are followed once as things are and once without"
    " these incidents from then on. The range in brackets would hold the truth in 95 of 100 such cases, if the"
    " method's assumptions hold. Each figure is a ceiling: no fix ends every incident, and a fix has its price."
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the sentences are about.

    Parameters
    ----------
    population : int
        Active customers.
    months, exposure_days : int
        Horizon, and how long an incident acts.
    currency, kpi : str
        Of money and score.
    """

    population: int
    months: int
    exposure_days: int
    currency: str
    kpi: str


def say_effect(effect: ComponentEffect, frame: Frame) -> Mapping[str, str]:
    """Say what each figure of a component means.

    Parameters
    ----------
    effect : ComponentEffect
        With small cells hidden where that is wanted.
    frame : Frame
        What they are about.

    Returns
    -------
    mapping of str to str
        One sentence a quantity, also where it is refused.
    """
    return {key: _say(key, getattr(effect, key), effect.component, frame) for key in QUANTITIES}


def say_joint(joint: JointEffect, frame: Frame, left_out: tuple[str, ...] = ()) -> Mapping[str, str]:
    """Say what the figures of all components together mean.

    Parameters
    ----------
    joint : JointEffect
        All at once.
    frame : Frame
        What they are about.
    left_out : tuple of str
        Components that customers and money kept leave out.

    Returns
    -------
    mapping of str to str
        One sentence a quantity but for the churn ratio, which each component has by itself.
    """
    said = {key: _say(key, getattr(joint, key), None, frame) for key in QUANTITIES[:-1]}
    if not left_out:
        return said
    missing = f" What {' and '.join(left_out)} would add cannot be told and is not in it."
    told = {key for key in LEFT_OUT_OF if isinstance(getattr(joint, key), Estimate)}
    return {key: sentence + missing if key in told else sentence for key, sentence in said.items()}


def frame_of(result: RunResult) -> Frame:
    """What the sentences of a run are about.

    Parameters
    ----------
    result : RunResult
        The run.

    Returns
    -------
    Frame
        Its population, horizon and units.
    """
    population = result.impact.population
    return Frame(population, result.horizon_months, result.exposure_days, result.currency, result.impact.kpi)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one component, or of all together."""

    name: str
    sentences: tuple[str, ...]


def say_impact(impact: Impact, frame: Frame) -> tuple[Said, ...]:
    """Put every figure that can be told into words.

    Parameters
    ----------
    impact : Impact
        With small cells hidden where that is wanted.
    frame : Frame
        What the sentences are about.

    Returns
    -------
    tuple of Said
        Costliest first, all together last; what is refused for all alike is left out, since the report says so once.
    """
    found = []
    of = len(impact.components)
    for effect in sort_effects(impact.components):
        told = say_effect(effect, frame)
        sentences = [told[key] for key in QUANTITIES if _is_told(impact, effect, key)]
        if sentences:
            evidence = f"Evidence: {EVIDENCE[effect.grade]}.{_place(effect, of)}"
            found.append(Said(effect.component, (*sentences, evidence)))
    if of > 1 and found:
        told = say_joint(impact.joint, frame, impact.left_out)
        found.append(Said(ALL, tuple(told[key] for key in QUANTITIES[:-1] if _is_told(impact, impact.joint, key))))
    return tuple(found)


def build_word_section(impact: Impact, frame: Frame) -> Section:
    """Put the sentences into a section, component by component.

    Parameters
    ----------
    impact : Impact
        With small cells hidden where that is wanted.
    frame : Frame
        What they are about.

    Returns
    -------
    Section
        One row a component.
    """
    columns: tuple[tuple[str, Kind], ...] = (("Component", "text"), ("In words", "prose"))
    rows = tuple((said.name, " ".join(said.sentences)) for said in say_impact(impact, frame))
    return Section("words", "In words", columns, rows, (note_of(frame),), folded=True)


def note_of(frame: Frame) -> str:
    """Say what the sentences are about.

    Parameters
    ----------
    frame : Frame
        Whether anybody is active.

    Returns
    -------
    str
        A few sentences.
    """
    return NOTE if frame.population else OBSERVED_NOTE


def _is_told(impact: Impact, effect: ComponentEffect | JointEffect, key: str) -> bool:
    """Leave out what is refused for all alike: the report says so once."""
    if isinstance(getattr(effect, key), Estimate):
        return True
    return key != "hazard_ratio" and any(isinstance(getattr(one, key), Estimate) for one in impact.components)


def _place(effect: ComponentEffect, of: int) -> str:
    if effect.rank_best is None or effect.rank_worst is None:
        return ""
    if effect.rank_best == effect.rank_worst:
        return f" By net benefit it stands in place {effect.rank_best} of {of}."
    return f" By net benefit its place lies between {effect.rank_best} and {effect.rank_worst} of {of}."


def _say(key: str, answer: Answer, component: str | None, frame: Frame) -> str:
    if isinstance(answer, NotEstimable):
        needs = f" It needs {answer.needs}." if answer.needs else ""
        return f"Cannot be told: {answer.reason}.{needs}"
    if key == "hazard_ratio":
        return _say_ratio(answer, component or "", frame)
    template, more, less = TEMPLATES[key]
    if key == "experience" and not frame.population:
        template = OBSERVED_SCORE
    shown = answer
    if answer.point < 0:  # "2 (1-3) fewer" is read with more ease than "-2 (-3 to -1) more"
        shown = replace(answer, point=-answer.point, low=-answer.high, high=-answer.low)
    size = round_estimate(shown).text
    return template.format(
        without=f"Without {component} incidents" if component else "Without any incident of these components",
        size=size,
        money=f"{frame.currency} {size}",
        way=less if answer.point < 0 else more,
        population=f"{frame.population:,}",
        months=frame.months,
        kpi=frame.kpi.upper(),
        doubt=f"; {NOTHING}" if answer.low <= 0 <= answer.high else "",
    )


def _say_ratio(answer: Estimate, component: str, frame: Frame) -> str:
    doubt = "; the data cannot tell whether it moves leaving at all" if answer.low <= 1 <= answer.high else ""
    return (
        f"In the {frame.exposure_days} days after a {component} incident, customers leave at"
        f" {round_estimate(answer).text} times the rate of others alike in what the model knows{doubt}."
    )
