"""Changes in sentences that a reader in finance understands."""

from __future__ import annotations

from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Asked, BudgetChoice, ChangeEffect, Payoff
from cxlink.report.numbers import format_share, round_estimate

NOTE = (
    "Net present value (NPV): margin kept and cost saved, discounted, less what the change costs, up to the end of the"
    " horizon and for the customers active at the cut-off. What customers who stay pay later, and what new customers"
    " gain, is not in it. Intervals and probabilities hold if the stated costs and ranges do; nobody has checked those."
)
SIGNIFICANT = 3
SURELY = 1e-3


def say_change(effect: ChangeEffect, *, currency: str, months: int) -> tuple[str, ...]:
    """Put a change into words.

    Parameters
    ----------
    effect : ChangeEffect
        With small cells hidden where that is wanted.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    tuple of str
        What was asked first; then one sentence for each number.
    """
    said = [say_asked(effect.asked, currency)]
    if isinstance(effect.incidents, NotEstimable):
        return (*said, f"Cannot be told: {_why(effect.incidents)}")
    said += _say_effects(effect, currency, months)
    if isinstance(effect.payoff, NotEstimable):
        return (*said, f"Its NPV cannot be told: {_why(effect.payoff)}")
    if isinstance(effect.npv, NotEstimable):
        return tuple(said)
    return (*said, *_say_payoff(effect, effect.npv, effect.payoff, currency, months))


def say_asked(asked: Asked, currency: str) -> str:
    """Say what was asked.

    Parameters
    ----------
    asked : Asked
        As it was stated.
    currency : str
        Of the project.

    Returns
    -------
    str
        One sentence.
    """
    of = f"{asked.component} incidents" + (f" of the cause {asked.cause}" if asked.cause else "")
    size = say_size(asked)
    what = {
        "fewer": f"{size} fewer {of}",
        "more": f"{size} more {of}",
        "recovery": f"a voucher of {money(asked.voucher, currency)} after {of}, which takes away {size} of their harm",
    }[asked.kind]
    more = [f"in full after {asked.ramp_months} months"] if asked.ramp_months else []
    more += [f"for {asked.adoption:.0%} of customers"] if asked.adoption < 1 else []
    if asked.displaced_to:
        more.append(f"{asked.displaced_share:.0%} of what is avoided reappearing in {asked.displaced_to}")
    more += _flows("costs", asked.one_off, asked.per_month, currency)
    more += _flows("saves", asked.saving_one_off, asked.saving_per_month, currency)
    return f"Asked: {'; '.join([what, *more])}."


def say_size(asked: Asked) -> str:
    """Say how large a change was stated to be.

    Parameters
    ----------
    asked : Asked
        As it was stated.

    Returns
    -------
    str
        Such as ``30% (20-40%)``; of more incidents without the minus.
    """
    ends = sorted((abs(asked.low), abs(asked.high)))
    likely = f"{abs(asked.likely):.0%}"
    return likely if ends[0] == ends[1] else f"{likely} ({ends[0] * 100:.0f}-{ends[1]:.0%})"


def money(amount: float, currency: str) -> str:
    """Show an amount to three figures.

    Parameters
    ----------
    amount : float
        In the currency.
    currency : str
        ISO 4217.

    Returns
    -------
    str
        Such as ``EUR 1,650``.
    """
    rounded = float(f"{amount:.{SIGNIFICANT}g}")
    return (
        f"{currency} {rounded:,.0f}" if abs(rounded) >= 100 or rounded == round(rounded) else f"{currency} {rounded:,g}"
    )


def say_chance(probability: float | None) -> str:
    """Show a probability that was counted in draws: of so many, none or all of them is no certainty.

    Parameters
    ----------
    probability : float or None
        0..1.

    Returns
    -------
    str
        Such as ``92%``, ``>99%`` or ``<1%``.
    """
    if probability is None:
        return format_share(None)
    return format_share(min(max(probability, SURELY), 1 - SURELY))


def say_break_even(effect: ChangeEffect, payoff: Payoff) -> str:
    """Say at which size a change breaks even.

    Parameters
    ----------
    effect : ChangeEffect
        The change.
    payoff : Payoff
        Its money.

    Returns
    -------
    str
        Such as ``18% fewer``, or why there is none.
    """
    if payoff.break_even is None:
        return payoff.break_even_words
    way = {"fewer": "fewer", "more": "more", "recovery": "of the harm"}[effect.asked.kind]
    return f"{abs(payoff.break_even):.0%} {way}"


def say_budget(choice: BudgetChoice, *, currency: str, months: int) -> tuple[str, ...]:
    """Put a choice within a budget into words.

    Parameters
    ----------
    choice : BudgetChoice
        What is taken.
    currency : str
        Of the project.
    months : int
        Horizon.

    Returns
    -------
    tuple of str
        What to take first.
    """
    aim = "on average" if choice.aim == "mean" else "in the worst fifth of cases"
    if not choice.taken:
        return (f"Within {money(choice.budget, currency)}, taking none of the changes brings most {aim}.",)
    said = [
        f"Within {money(choice.budget, currency)}, these bring most {aim}: {', '.join(choice.taken)}. Together they"
        f" cost {money(choice.spent, currency)} over {months} months."
    ]
    if isinstance(choice.npv, Estimate):
        said.append(
            f"Projected together they are worth {money(choice.npv.point, currency)}"
            f" ({round_estimate(choice.npv).interval_text}) after their costs; one by one they would add up to"
            f" {money(choice.parts, currency)}."
        )
    often = ", ".join(f"{name} {say_chance(share)}" for name, share in choice.often)
    said.append(f"Were each draw the truth, this is how often each would be taken: {often}. Near 50% is a toss-up.")
    return tuple(said)


def _say_effects(effect: ChangeEffect, currency: str, months: int) -> list[str]:
    said = []
    if isinstance(effect.incidents, Estimate) and effect.asked.kind != "recovery":
        of = effect.incidents
        way = "fewer" if of.point >= 0 else "more"
        said.append(f"That is about {abs(of.point):,.0f} {way} {effect.asked.component} incidents in {months} months.")
    kept, margin, cost, score = effect.customers_kept, effect.margin_kept, effect.cost_saved, effect.experience
    if isinstance(kept, Estimate):
        said.append(f"Customers kept at the end: {_signed(kept)}{_doubt(kept)}.")
    if isinstance(margin, Estimate):
        said.append(f"Margin kept: {currency} {_signed(margin)}{_doubt(margin)}.")
    if isinstance(cost, Estimate):
        said.append(f"Cost of serving saved: {currency} {_signed(cost)}{_doubt(cost)}.")
    if isinstance(score, Estimate):
        said.append(f"Score, mean over the horizon: {_signed(score)} {score.unit}{_doubt(score)}.")
    return said


def _say_payoff(effect: ChangeEffect, npv: Estimate, payoff: Payoff, currency: str, months: int) -> list[str]:
    low, high = payoff.quantiles[0], payoff.quantiles[-1]
    said = [
        f"NPV: {currency} {round_estimate(npv).text} after {months} months; nine times in ten between"
        f" {money(low, currency)} and {money(high, currency)}.",
        _say_probability(payoff),
        _say_payback(payoff, months),
    ]
    if payoff.roi is not None:
        said.append(f"Return: {payoff.roi:+.0%} on {money(payoff.spent, currency)} spent (discounted).")
    said.append(_say_even(effect, payoff))
    told = [f"{name} {format_share(max(share, 0.0))}" for name, share in payoff.sources if share >= 0.05]
    if told:
        said.append(f"What makes it unsure (share of variance): {', '.join(told)}.")
    known = payoff.information
    said.append(
        f"Knowing the outcome before deciding would be worth {money(known, currency)} at most: a trial that costs more"
        " is not worth it."
        if known >= 1
        else "Knowing more before deciding would hardly change the decision."
    )
    return said


def _say_probability(payoff: Payoff) -> str:
    chance = f"It is {say_chance(payoff.probability)} likely to pay, counting chance in the data and the stated range"
    if payoff.allowing_for_doubt is None:
        return f"{chance}; how much hidden causes would take off cannot be told."
    allowance = payoff.allowance
    by = ""
    if not isinstance(allowance, NotEstimable):
        by = (
            " such as the negative controls show"
            if allowance.source == "negative controls"
            else f" as strong as the strongest attribute ({allowance.attribute})"
        )
    return f"{chance}; {say_chance(payoff.allowing_for_doubt)} where hidden causes{by} are allowed for."


def _say_payback(payoff: Payoff, months: int) -> str:
    never = f"in {format_share(payoff.never)} of draws not within {months} months"
    if payoff.payback_months is None:
        return f"It does not pay back in most draws: {never}."
    if payoff.payback_months == 0:
        return "It never has to be paid for: money comes in from the start."
    high = payoff.payback_high
    spread = (
        f"between {payoff.payback_low:.0f} and {high:.0f}" if high is not None else f"from {payoff.payback_low:.0f} on"
    )
    late = f"; {never}" if payoff.never > 0 else ""
    return f"It pays back within {payoff.payback_months:.0f} months (half of the draws {spread}{late})."


def _say_even(effect: ChangeEffect, payoff: Payoff) -> str:
    size = say_break_even(effect, payoff)
    at = f"It breaks even at {size}" if payoff.break_even is not None else f"Break-even: {size}"
    if payoff.break_even_ratio is not None:
        return f"{at}; as stated, at a hazard ratio of {payoff.break_even_ratio:.2f}."
    return f"{at}; whatever the hazard ratio: {payoff.break_even_ratio_words}."


def _signed(answer: Estimate) -> str:
    return round_estimate(answer, signed=True).text


def _doubt(answer: Answer) -> str:
    return "; it may be nothing" if isinstance(answer, Estimate) and answer.low <= 0 <= answer.high else ""


def _why(refusal: NotEstimable) -> str:
    needs = f" It needs {refusal.needs}." if refusal.needs else ""
    return f"{refusal.reason}.{needs}"


def _flows(verb: str, one_off: float, per_month: float, currency: str) -> list[str]:
    parts = [f"{money(one_off, currency)} once"] if one_off else []
    parts += [f"{money(per_month, currency)} a month"] if per_month else []
    return [f"it {verb} {' and '.join(parts)}"] if parts else []
