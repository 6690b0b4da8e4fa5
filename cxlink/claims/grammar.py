"""A claim as people write it, read into what it says."""

from __future__ import annotations

from cxlink.claims.model import (
    Base,
    Claim,
    Group,
    LeavingClaim,
    Lever,
    Outcome,
    Scale,
    SlopeClaim,
    Span,
    SpanUnit,
    WorthClaim,
)
from cxlink.claims.tokens import GrammarError, Token, read_number, split_claim
from cxlink.currencies import SIGNS

EXAMPLES = (
    "+1 NPS = +0.5% revenue",
    "+10 NPS -> -2 pp churn in 12 months",
    "each 0-10 point = EUR 100 a customer",
    "+0.1 of score = 1% margin a year",
    "5% retention = 25% profit",
    "detractors: 50% leave in 90 days",
    "promoters are worth 2x detractors",
)
MAX_LENGTH = 300
_FILLERS = frozenset({"of", "in", "the", "more", "by", "to", "for", "an", "a", "its", "higher"})
_LESS = ("less", "fewer", "lower")
_LEVERS: dict[str, Lever] = {
    "nps": "nps",
    "csat": "csat",
    "ces": "ces",
    "score": "score",
    "retention": "retention",
}
_OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("revenue", "sales", "turnover", "growth", "receita", "vendas"), "revenue"),
    **dict.fromkeys(("margin", "margem"), "margin"),
    **dict.fromkeys(("profit", "profits", "lucro"), "profit"),
    **dict.fromkeys(("value", "ltv", "clv"), "value"),
    **dict.fromkeys(("churn", "attrition", "cancellation", "cancellations", "leaving"), "churn"),
    "retention": "retention",
    **dict.fromkeys(("cost", "costs"), "cost"),
    **dict.fromkeys(("customers",), "customers"),
}
_GROUPS: dict[str, Group] = {
    **dict.fromkeys(("promoter", "promoters"), "promoters"),
    **dict.fromkeys(("passive", "passives"), "passives"),
    **dict.fromkeys(("detractor", "detractors"), "detractors"),
}
_SPANS: dict[str, SpanUnit] = {
    "day": "days",
    "days": "days",
    "month": "months",
    "months": "months",
    "year": "years",
    "years": "years",
}
_SIZES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "bn": 1e9,
    "billion": 1e9,
}
_POINTS = ("pp", "pps", "ppt", "ppts")


def parse_claim(text: str, *, currency: str = "") -> Claim:
    """Read a claim.

    Parameters
    ----------
    text : str
        Such as one of `EXAMPLES`.
    currency : str, default ""
        The project's: a sign such as $ is read as this where it can be. Empty: as the first code it can mean.

    Returns
    -------
    SlopeClaim, LeavingClaim or WorthClaim
        What it says.

    Raises
    ------
    GrammarError
        With the place, and what was expected there (CX560); a number that can be read in two ways (CX561); money of
        another currency (CX562); or a claim of nothing (CX563).
    """
    if len(text) > MAX_LENGTH:
        raise GrammarError("CX560", MAX_LENGTH, f"a claim of at most {MAX_LENGTH} characters")
    reader = _Reader(split_claim(text), len(text.rstrip()), currency)
    claim = reader.group_claim() if reader.peek() in _GROUPS else reader.slope_claim()
    reader.finish()
    return claim


class _Reader:
    def __init__(self, tokens: list[Token], end: int, currency: str) -> None:
        self._tokens, self._end, self._currency, self._at = tokens, end, currency, 0

    def peek(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place].text if place < len(self._tokens) else ""

    def kind(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place].kind if place < len(self._tokens) else ""

    def fail(self, expected: str, code: str = "CX560", back: int = 0) -> GrammarError:
        place = self._at - back
        return GrammarError(code, self._tokens[place].place if place < len(self._tokens) else self._end, expected)

    def finish(self) -> None:
        if self._at < len(self._tokens):
            raise self.fail("the end of the claim, or a span such as: in 12 months")

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self, *words: str) -> bool:
        if self.kind() and self.peek() in words:
            self._at += 1
            return True
        return False

    def _sign(self) -> float:
        if self.kind() != "sign":
            return 1.0
        if self.peek() == "±":
            raise self.fail("+ or -, or no sign")
        return 1.0 if self._take().text == "+" else -1.0

    def _number(self, expected: str) -> float:
        if self.kind() != "number":
            raise self.fail(expected)
        value = read_number(self._take())
        if self.kind() == "word" and self.peek() in _SIZES:
            value *= _SIZES[self._take().text]
        return value

    # groups

    def group_claim(self) -> Claim:
        group = _GROUPS[self._take().text]
        if self._skip("are", "is", "have", "bring"):
            return self._worth(group)
        self._skip(":")
        share = self._number("a share such as 50%, or: are worth 2x")
        if self.kind() != "percent":
            raise self.fail("%")
        self._take()
        if not 0 < share <= 100:
            raise self.fail("a share above 0% and up to 100%", "CX563", back=1)
        if not self._skip("leave", "churn", "cancel", "leaves", "are"):
            raise self.fail("leave")
        self._skip("gone", "lost")
        span = self._span()
        if span is None:
            raise self.fail("a span such as: in 90 days")
        return LeavingClaim(group, share / 100, span)

    def _worth(self, group: Group) -> WorthClaim:
        if not self._skip("worth"):
            raise self.fail("worth")
        factor = self._number("a factor such as 2x")
        if self.kind() != "times" and self.peek() != "times":
            raise self.fail("x, as in 2x")
        self._take()
        while self._skip("the", "an", "a", "of", "as", "much", "value"):
            pass
        base: Base = "average"
        if self.peek() in ("average", "mean"):
            self._take()
            self._skip("customer", "customers")
        elif self.peek() in _GROUPS:
            base = _GROUPS[self._take().text]
        if base == group:
            raise self.fail("another group to compare with", "CX563", back=1)
        if factor == 1 or factor == 0:
            raise self.fail("a factor other than 0 and 1", "CX563", back=1)
        return WorthClaim(group, factor, base, self._span())

    # slopes

    def slope_claim(self) -> SlopeClaim:
        step, lever = self._change()
        if self._skip("is", "are"):
            self._skip("worth")
        elif self.kind() == "equals":
            self._take()
        else:
            raise self.fail("= or ->")
        amount, scale, currency = self._amount()
        return self._effect(step, lever, amount, scale, currency)

    def _change(self) -> tuple[float, Lever]:
        if self._skip("each", "every", "one", "a", "per", "an"):
            step = self._number("a number") if self.kind() == "number" and self.kind(1) != "percent" else 1.0
            sign = 1.0
        else:
            sign = self._sign()
            step = 1.0 if self.kind() == "scale" else self._number("a step of a score such as +1 NPS")
        if step == 0:
            raise self.fail("a step other than zero", "CX563", back=1)
        percent = self.kind() == "percent"
        if percent:
            self._take()
        points = self._skip(*_POINTS)
        lever = self._lever()
        if lever == "retention" and not (percent or points):
            raise self.fail("a step in percent, such as 5% retention", back=1)
        if percent and lever in ("nps", "0-10"):
            lever = "nps percent"
        elif percent and lever != "retention":
            raise self.fail("a step in points: a percentage of a score is no unit", back=1)
        return sign * step, lever

    def _lever(self) -> Lever:
        while self._skip("of", "point", "points", "pts", "pt", "the", "more", "in"):
            pass
        if self.kind() == "scale":
            self._take()
            self._skip("nps", "score")
            self._skip("point", "points", "score")
            return "0-10"
        if self.kind() != "word" or self.peek() not in _LEVERS:
            raise self.fail("NPS, CSAT, CES, score, retention or 0-10 point")
        lever = _LEVERS[self._take().text]
        self._skip("point", "points", "pts", "pt")
        return lever

    def _amount(self) -> tuple[float, Scale, str]:
        sign, currency = self._sign(), ""
        if self.kind() == "money":
            currency = self._read_currency()
            sign *= self._sign()
        value = self._number("an amount such as +0.5%, -2 pp or EUR 100")
        if value == 0:
            raise self.fail("an amount other than zero", "CX563", back=1)
        if not currency and self.kind() == "money":
            currency = self._read_currency()
        return sign * value, "money" if currency else self._scale(), currency

    def _scale(self) -> Scale:
        if self.kind() == "percent" or self.peek() in ("percent", "percentage"):
            self._take()
            return "points" if self._skip("points", "point", "pts") else "percent"
        if self._skip(*_POINTS):
            return "points"
        if self.peek() == "customers":
            return "customers"
        raise self.fail("%, pp, customers, or a currency beside the number")

    def _read_currency(self) -> str:
        mark = self._take().text
        codes = SIGNS.get(mark, frozenset({mark}))
        if not self._currency:
            return min(codes) if mark != "$" else "USD"
        if self._currency not in codes:
            raise self.fail(f"money in {self._currency}, the project's currency", "CX562", back=1)
        return self._currency

    def _effect(self, step: float, lever: Lever, amount: float, scale: Scale, currency: str) -> SlopeClaim:
        outcome: Outcome | None = None
        a_customer, span, relative = False, None, False
        while self._at < len(self._tokens):
            if self._is_customer():
                a_customer = True
            elif span is None and self._is_span():
                span = self._span()
            elif outcome is None and self.peek() in _OUTCOMES:
                outcome = _OUTCOMES[self._take().text]
                if outcome == "cost":
                    self._skip("to")
                    self._skip("serve")
                self._skip("growth", "rate")
            elif amount > 0 and self._skip(*_LESS):
                amount = -amount
            elif self.peek() in _FILLERS:
                relative |= self._take().text == "of"
            else:
                break
        if outcome is None:
            if scale != "money":
                raise self.fail("revenue, margin, profit, churn, retention, cost or customers")
            outcome = "revenue"
        return self._check(SlopeClaim(step, lever, amount, scale, outcome, currency, a_customer, span), relative)

    def _check(self, claim: SlopeClaim, relative: bool) -> SlopeClaim:
        scale, outcome = claim.scale, claim.outcome
        if outcome in ("churn", "retention"):
            if scale in ("money", "customers"):
                raise self.fail(f"pp or % of {outcome}")
            if scale == "percent" and not (relative and outcome == "churn"):
                scale = "points"
        elif scale == "points":
            raise self.fail(f"% of {outcome}, as points are of churn or retention")
        elif (scale == "customers") != (outcome == "customers"):
            raise self.fail("a number of customers, such as: 50 customers")
        if claim.a_customer and scale != "money":
            raise self.fail("money where it is said of a customer")
        if claim.lever == "retention" and outcome in ("churn", "retention", "customers"):
            raise self.fail("revenue, margin, profit or value: retention is what moves")
        return SlopeClaim(
            claim.step, claim.lever, claim.amount, scale, outcome, claim.currency, claim.a_customer, claim.span
        )

    def _is_customer(self) -> bool:
        if self.peek() in ("a", "per", "each", "every") and self.peek(1) in ("customer", "account", "subscriber"):
            self._at += 2
            return True
        return False

    def _is_span(self) -> bool:
        if self.peek() in ("annually", "yearly"):
            return True
        if self.peek() in ("a", "per", "each", "every") and self.peek(1) in _SPANS:
            return True
        return self.peek() in ("in", "within", "over", "for", "after") and (
            self.kind(1) == "number" or (self.peek(1) in ("a", "one") and self.peek(2) in _SPANS)
        )

    def _span(self) -> Span | None:
        if not self._is_span():
            return None
        if self.peek() in ("annually", "yearly"):
            self._take()
            return Span(1.0, "years")
        self._take()
        self._skip("a", "one")
        count = read_number(self._take()) if self.kind() == "number" else 1.0
        if self.peek() not in _SPANS:
            raise self.fail("days, months or years")
        unit = _SPANS[self._take().text]
        span = Span(count, unit)
        if not 1 <= span.days <= 20 * 366:
            raise self.fail("a span from a day to twenty years", "CX563", back=1)
        return span
