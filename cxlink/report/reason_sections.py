"""The reasons behind the score, as sections and as a table for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp

import pandas as pd

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import DescribedScores, JudgedModel, JudgedReasons, LeavingPrediction, ReasonShares, ScoreReasons
from cxlink.report.numbers import choose_money_unit, format_count, format_share, round_estimate
from cxlink.report.section import Kind, Section, Value
from cxlink.report.suppress import FEW, show_count
from cxlink.report.suppress_reasons import suppress_reasons

PER = 1000
GROUPS = ("detractors", "passives", "promoters")
COLUMNS = ("section", "name", "measure", "point", "low", "high", "level", "unit", "n", "events", "reason")
_MODELS = {"score": "with the score", "reasons": "with the reasons", "both": "with both"}
_TOO_FEW = "named by "


def build_reason_sections(told: ScoreReasons, *, published: bool) -> tuple[Section, ...]:
    """Show who names which reason, whether that tells who leaves, and what is expected.

    Parameters
    ----------
    told : ScoreReasons
        Of any audience.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    tuple of Section
        Three, whether there is an answer or a refusal.
    """
    shown = suppress_reasons(told) if published else told
    return (
        _reasons(shown.described, published=published),
        _judged(shown.judged, shown.adjusted_for),
        _prediction(shown, published=published),
    )


def reasons_table(told: ScoreReasons, *, published: bool) -> pd.DataFrame:
    """Put every figure into one row, for programs.

    Parameters
    ----------
    told : ScoreReasons
        Of any audience.
    published : bool
        Whether the audience is the public.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; without numbers where there is a reason.
    """
    shown = suppress_reasons(told) if published else told
    rows = [(*names, *_cells(answer)) for *names, answer in _figures(shown)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"n": "Int64", "events": "Int64", "point": float, "low": float, "high": float, "level": float})


def _figures(told: ScoreReasons) -> Iterator[tuple[str, str, str, Answer]]:
    described = told.described
    for row in (*described.rows, described.no_reason, described.no_words):
        for group in GROUPS:
            yield ("reasons", row.reason, group, getattr(row, group))
        if row in described.rows:
            yield ("reasons", row.reason, "weight", row.weight)
    judged = told.judged
    if isinstance(judged, NotEstimable):
        yield ("leaving", "reasons", "gain", judged)
    else:
        for model in judged.models:
            if model.gain is not None:
                yield ("leaving", model.name, "gain", model.gain)
            yield ("leaving", model.name, "auc", model.auc)
            yield ("leaving", model.name, "observed_over_expected", model.observed_over_expected)
        yield ("leaving", "both over score", "gain", judged.beyond_score)
    prediction = told.prediction
    if isinstance(prediction, NotEstimable):
        yield ("prediction", "expected", "leavers", prediction)
        yield ("prediction", "expected", "money", prediction)
    else:
        yield ("prediction", "expected", "leavers", prediction.leavers)
        yield ("prediction", "expected", "margin" if prediction.is_margin else "revenue", prediction.money)


def _cells(answer: Answer) -> tuple[object, ...]:
    if isinstance(answer, NotEstimable):
        return (None, None, None, None, "", None, None, f"{answer.reason}; needs {answer.needs}")
    return (answer.point, answer.low, answer.high, answer.level, answer.unit, answer.n, answer.events, "")


def _reasons(told: DescribedScores, *, published: bool) -> Section:
    sizes = tuple(show_count(size, published=published) for size in told.group_customers)
    rows: list[tuple[Value, ...]] = [("customers", *sizes, "")]
    rows += [_row(row, row.reason) for row in told.rows]
    rows += [_row(told.no_reason, "gave no reason"), _row(told.no_words, "- wrote nothing at all")]
    columns: tuple[tuple[str, Kind], ...] = (("reason", "text"), *((name, "text") for name in GROUPS), ("odds", "text"))
    title = f"Reasons behind the score, %: {told.answers:,} answers of {told.customers:,} customers"
    return Section("reasons", title, columns, tuple(rows), tuple(_reason_notes(told, published=published)))


def _row(row: ReasonShares, name: str) -> tuple[Value, ...]:
    weight = row.weight
    told = _odds(weight) if isinstance(weight, Estimate) else "-"
    return (name, *(_share(getattr(row, group)) for group in GROUPS), told if row.reason == name else "")


def _share(share: Answer) -> str:
    if isinstance(share, NotEstimable):
        return "-"
    return f"{format_share(share.point).rstrip('%')} ({100 * share.low:.0f}-{100 * share.high:.0f})"


def _odds(weight: Estimate) -> str:
    """Ratio of the odds themselves: people read twice the odds, not a logarithm of 0.69."""
    odds = replace(weight, point=exp(weight.point), low=exp(weight.low), high=exp(weight.high))
    return round_estimate(odds).text


def _reason_notes(told: DescribedScores, *, published: bool) -> Iterator[str]:
    yield (
        "Share of the customers with such answers who name it, as the tagger reads them; each customer counts once."
        " Evidence: descriptive (D). It tells who says what, and not what makes the score."
    )
    if told.prior:
        yield (
            "odds: those that a detractor names it over those of a promoter; 2 is twice, 1 as often. Its logarithm is"
            " the reason's weight, and an answer's score the sum over its reasons, 0 without one. Pulled, the less is"
            f" known the more, towards a weight of {told.prior}."
        )
    refusals = [row.weight.reason for row in told.rows if isinstance(row.weight, NotEstimable)]
    if any(reason.startswith(_TOO_FEW) for reason in refusals):
        yield "-: fewer than 10 detractors and promoters name it."
    yield from (f"-: {reason}." for reason in dict.fromkeys(refusals) if not reason.startswith(_TOO_FEW))
    hidden = any(getattr(row, group) is FEW for row in told.rows for group in GROUPS)
    if hidden and published:
        yield f"-: {FEW.reason}."
    if told.n_announcing:
        count = show_count(told.n_announcing, published=published)
        yield f"{count} answers say that the customer leaves: a decision, and no reason."
    if told.n_unknown:
        yield f"{show_count(told.n_unknown, published=published)} answers without a known customer are left out."


def _judged(judged: JudgedReasons | NotEstimable, adjusted_for: tuple[str, ...]) -> Section:
    baseline = ", ".join(("tenure", *adjusted_for))
    columns: tuple[tuple[str, Kind], ...] = (
        ("", "text"),
        ("gain", "text"),
        ("AUC", "text"),
        ("observed/expected", "text"),
    )
    if isinstance(judged, NotEstimable):
        notes = (f"Cannot be told: {judged.reason}. Needs: {judged.needs}.",)
        return Section("leaving", f"Do reasons tell who leaves, beyond {baseline}?", columns, (), notes)
    rows = [_model(model, baseline) for model in judged.models]
    rows.append(("both over score", _gain(judged.beyond_score), "", ""))
    title = f"Do reasons tell which passives and detractors leave within {judged.months} months?"
    shorter = (f"No more than {judged.months} months: {judged.why_shorter}.",) if judged.why_shorter else ()
    notes = (
        f"Learnt on {judged.learnt:,} answers up to {judged.split} ({judged.learnt_leavers:,} left), judged on"
        f" {judged.judged:,} after it ({judged.judged_leavers:,} left).",
        f"gain: log likelihood over {baseline} alone, by {PER:,} answers; above 0, it tells more. AUC: how often one"
        " who left had the higher risk than one who stayed (.5: chance). observed/expected: above 1, more left than"
        " predicted.",
        *shorter,
    )
    return Section("leaving", title, columns, tuple(rows), notes)


def _model(model: JudgedModel, baseline: str) -> tuple[Value, ...]:
    gain = "" if model.gain is None else _gain(model.gain)
    name = _MODELS.get(model.name, baseline)
    return (name, gain, _text(model.auc), _text(model.observed_over_expected))


def _gain(gain: Answer) -> str:
    if isinstance(gain, NotEstimable):
        return "-"
    return f"{PER * gain.point:+.1f} ({PER * gain.low:+.1f} to {PER * gain.high:+.1f})"


def _text(answer: Answer) -> str:
    return "-" if isinstance(answer, NotEstimable) else f"{answer.point:.2f} ({answer.low:.2f}-{answer.high:.2f})"


def _prediction(told: ScoreReasons, *, published: bool) -> Section:
    prediction = told.prediction
    columns: tuple[tuple[str, Kind], ...] = (("", "text"), ("expected", "text"))
    if isinstance(prediction, NotEstimable):
        refused = (f"No number of leavers and no money: {prediction.reason}. Needs: {prediction.needs}.",)
        return Section("prediction", "Passives and detractors expected to leave", columns, (), refused)
    leavers = prediction.leavers
    counted = show_count(prediction.customers, published=published)
    rows: list[tuple[Value, ...]] = [
        ("passives and detractors, active", counted),
        ("- will leave", round_estimate(leavers).text if isinstance(leavers, Estimate) else "-"),
    ]
    money, what = prediction.money, "margin" if prediction.is_margin else "revenue"
    notes = list(_prediction_notes(prediction, told, published=published))
    if isinstance(money, Estimate):
        unit = choose_money_unit(told.currency, [money])
        rows.append((f"- {what} they would have paid, {unit.name}", round_estimate(money, divisor=unit.divisor).text))
    else:
        notes.append(f"No money: {money.reason}. Needs: {money.needs}.")
    title = f"Passives and detractors expected to leave within {prediction.months} months after {told.until}"
    return Section("prediction", title, columns, tuple(rows), tuple(notes))


def _prediction_notes(prediction: LeavingPrediction, told: ScoreReasons, *, published: bool) -> Iterator[str]:
    what = "margin" if prediction.is_margin else "revenue"
    yield (
        f"Latest answer at most {format_count(prediction.answered_within_days)} days old. {what.capitalize()}: what"
        f" they would have paid from leaving to the end of the {prediction.months} months, at today's price. The"
        " interval is for what will be seen, luck included."
    )
    yield (
        "A prediction (evidence: descriptive, D). It is not what a reason costs, nor what would be kept if the reason"
        " went away: for that see cxlink run."
    )
    if prediction.without_price:
        yield f"{show_count(prediction.without_price, published=published)} have no known price and add nothing."
    judged = told.judged
    if isinstance(judged, JudgedReasons):
        beyond = judged.beyond_score
        if isinstance(beyond, Estimate) and beyond.low <= 0:
            yield "It does not show that reasons tell more than the score itself: see both over score."
        ratio = judged.models[2].observed_over_expected
        if isinstance(ratio, Estimate) and not ratio.low <= 1.0 <= ratio.high:
            yield f"Out of time {_text(ratio)} times as many left as this model predicted: do not plan with it."
