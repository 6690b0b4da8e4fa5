"""ISO 4217: decimals of each currency, and the signs people write for them."""

from __future__ import annotations

import re
from collections.abc import Mapping

DEFAULT_EXPONENT = 2
_EXPONENTS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS: Mapping[str, int] = {code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()}
_IN_USE = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
    GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
    LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
    PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF XSU XUA YER ZAR ZMW
    ZWG
"""
_OF_OLD_ROWS = "BYR CUC CYP EEK HRK LTL LVL MRO MTL SIT SKK SLL STD VEF ZWL"
CODES = frozenset(f"{_IN_USE} {_OF_OLD_ROWS}".split())
"""Codes of ISO 4217 in use, and those of the last years that old rows still bear."""
SIGNS: Mapping[str, frozenset[str]] = {
    sign: frozenset(codes.split())
    for sign, codes in {
        "R$": "BRL",
        "US$": "USD",
        "A$": "AUD",
        "C$": "CAD",
        "$": "USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD",
        "€": "EUR",
        "£": "GBP EGP",
        "¥": "JPY CNY",
        "₹": "INR",
        "₽": "RUB",
        "₴": "UAH",
        "₺": "TRY",
        "₪": "ILS",
        "₩": "KRW",
        "zł": "PLN",
        "kr": "SEK NOK DKK ISK",
        "Kč": "CZK",
        "Ft": "HUF",
    }.items()
}
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_MARK = rf"(?:[A-Z]{{3}}|{_SIGN})"
_MARKED = re.compile(
    rf"(?P<minus>[-+(]?)\s*(?P<before>{_MARK})?\s*(?P<rest>[^A-Za-z]*?)\s*(?P<after>{_MARK})?(?P<close>\)?)"
)


def exponent_of(currency: str) -> int:
    """Decimals of a currency.

    Parameters
    ----------
    currency : str
        ISO 4217 code.

    Returns
    -------
    int
        2 for a code that is not listed.
    """
    return EXPONENTS.get(currency, DEFAULT_EXPONENT)


def strip_mark(text: str) -> tuple[str, frozenset[str]]:
    """Take the currency's sign or code off an amount.

    Parameters
    ----------
    text : str
        Such as ``"-€ 1.234,56"``, ``"(USD 12.00)"`` or ``"12.50 zł"``.

    Returns
    -------
    amount : str
        The text without the mark.
    currencies : frozenset of str
        Codes that the mark can mean; empty where there is none.
    """
    match = _MARKED.fullmatch(text)
    if match is None or not (match["before"] or match["after"]):
        return text, frozenset()
    mark = match["before"] or match["after"]
    if match["before"] and match["after"]:
        return text, frozenset()
    return match["minus"] + match["rest"] + match["close"], SIGNS.get(mark, frozenset({mark}))
