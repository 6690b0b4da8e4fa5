"""What ``check`` found, as sections of plain cells that every format renders alike."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.currencies import exponent_of
from cxlink.handoff import KeyMatch, LedgerEntry, Linkage, Linked, MoneyAccounts, Readiness
from cxlink.report.coverage import count_held_back, list_ledger
from cxlink.report.section import Kind, Section, Value

NOTABLE, LARGE = 0.1, 0.25
_KEYS = ("id", "alias", "email")


def build_sections(linked: Linked) -> tuple[Section, ...]:
    """Put what was linked into sections.

    Parameters
    ----------
    linked : Linked
        Linkage and money.

    Returns
    -------
    tuple of Section
        Only those that have something to tell.
    """
    linkage = linked.linkage
    sections = (
        _matched(linkage),
        _unmatched(linkage),
        _repairs(linkage),
        _scores(linkage),
        _coverage(linkage),
        _currencies(linked.money),
        _control_totals(linked.money),
        _overlaps(linked.money),
        _answered(linkage),
    )
    return tuple(section for section in sections if section.rows or section.notes)


def build_ledger_sections(ledger: Sequence[LedgerEntry]) -> tuple[Section, ...]:
    """Put the ledger, and the reasons of what was held back, into sections.

    Parameters
    ----------
    ledger : sequence of LedgerEntry
        One a file.

    Returns
    -------
    tuple of Section
        The second one only where something was held back.
    """
    files: tuple[tuple[str, Kind], ...] = (
        ("file", "text"),
        ("source", "text"),
        ("read", "count"),
        ("accepted", "count"),
        ("excluded", "count"),
        ("held back", "count"),
        ("money accepted", "money"),
        ("money held back", "money"),
    )
    rows = tuple(
        (
            one.file,
            one.source,
            one.rows_read,
            one.rows_accepted,
            one.rows_excluded,
            one.rows_quarantined,
            one.money_accepted,
            one.money_quarantined,
        )
        for one in list_ledger(ledger)
    )
    reasons: tuple[tuple[str, Kind], ...] = (
        ("source", "text"),
        ("column", "text"),
        ("code", "text"),
        ("reason", "text"),
        ("rows", "count"),
    )
    held = tuple((one.source, one.column, one.code, one.reason, one.rows) for one in count_held_back(ledger))
    sections = (Section("ledger", "Ledger", files, rows), Section("held_back", "Held back", reasons, held))
    return tuple(section for section in sections if section.rows)


def build_readiness(readiness: Sequence[Readiness]) -> Section:
    """Put the outputs and what they need into a section.

    Parameters
    ----------
    readiness : sequence of Readiness
        In the order in which they are shown.

    Returns
    -------
    Section
        One row an output.
    """
    return Section(
        "readiness",
        "What will be possible",
        (("output", "text"), ("ready", "text"), ("rests on", "text"), ("needs", "text")),
        tuple((one.output, "yes" if one.ready else "no", one.has, one.needs) for one in readiness),
    )


def _matched(linkage: Linkage) -> Section:
    rows: list[tuple[Value, ...]] = []
    for table in dict.fromkeys(key.table for key in linkage.keys):
        keys = [key for key in linkage.keys if key.table == table]
        rows.append((table, sum(key.rows for key in keys), *_shares(keys, None)))
        rows += [
            (f"{table}, {code}", _units(keys, code) / 10 ** exponent_of(code), *_shares(keys, code))
            for code in sorted({code for key in keys for code in key.minor_units})
        ]
    notes = tuple(
        f"{names.names:,} names of kind {names.kind} stand for several customers and identify none"
        for names in linkage.ambiguous_names
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("rows or money of", "text"),
        ("in all", "count"),
        *((f"by {key}", "share") for key in _KEYS),
        ("none", "share"),
    )
    return Section("matched", "Found its customer", columns, tuple(rows), notes)


def _units(keys: Sequence[KeyMatch], code: str | None) -> int:
    return sum(key.rows if code is None else key.minor_units.get(code, 0) for key in keys)


def _shares(keys: Sequence[KeyMatch], code: str | None) -> tuple[Value, ...]:
    total = _units(keys, code)
    by_key = [_units([key for key in keys if key.key == name], code) for name in _KEYS]
    return tuple(part / total if total else None for part in (*by_key, total - sum(by_key)))


def _unmatched(linkage: Linkage) -> Section:
    rows: list[tuple[Value, ...]] = [
        (f"{key.table}: {key.key}", key.rows, None) for key in linkage.keys if not key.matched
    ]
    rows += [
        (f"revenue: {money.kind}, {_money(money.minor_units, money.currency)}", money.rows, money.share)
        for money in linkage.unmatched_money
    ]
    rows += [
        (f"{file.table}: file {file.file}", file.rows_unmatched, file.rows_unmatched / file.rows if file.rows else None)
        for file in linkage.unmatched_files
    ]
    columns: tuple[tuple[str, Kind], ...] = (("why, what, where", "text"), ("rows", "count"), ("share", "share"))
    notes = ("share: of that currency's revenue (without signs), and of the file's rows",) if rows else ()
    return Section("unmatched", "Without a customer", columns, tuple(rows), notes)


def _repairs(linkage: Linkage) -> Section:
    rows = tuple(
        (
            f"{repair.table}: {repair.damage}",
            repair.ids,
            repair.rows,
            ", ".join(_money(units, code) for code, units in sorted(repair.minor_units.items())),
        )
        for repair in linkage.repairs
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("ids differ in", "text"),
        ("ids", "count"),
        ("rows", "count"),
        ("money", "text"),
    )
    notes = ("nothing was repaired: two customers may differ in just that",) if rows else ()
    return Section("repairs", "Would match if ids were written alike", columns, rows, notes)


def _scores(linkage: Linkage) -> Section:
    rows = tuple((gap.kpi, gap.matched, gap.n_matched, gap.unmatched, gap.n_unmatched) for gap in linkage.score_gaps)
    columns: tuple[tuple[str, Kind], ...] = (
        ("score", "text"),
        ("with", "number"),
        ("n", "count"),
        ("without", "number"),
        ("n without", "count"),
    )
    return Section("unmatched_scores", "Scores with and without a customer", columns, rows)


def _coverage(linkage: Linkage) -> Section:
    rows = tuple(
        (
            source.source,
            source.rows,
            source.first.isoformat(),
            source.last.isoformat(),
            source.days_behind,
            source.days_before_cut_off,
            len(source.months_without),
        )
        for source in linkage.coverage
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("source", "text"),
        ("rows", "count"),
        ("first", "text"),
        ("last", "text"),
        ("behind", "count"),
        ("to end", "count"),
        ("gaps", "count"),
    )
    notes = (
        "behind: days from its last record to that of the freshest source; to end: to the cut-off;"
        " gaps: months without a row",
    )
    return Section("coverage", "Days covered", columns, rows, notes if rows else ())


def _currencies(money: MoneyAccounts) -> Section:
    if len(money.currencies) < 2 and not any(one.rows_without_rate for one in money.currencies):
        return Section("currencies", "", (), ())
    rows = tuple(
        (
            one.currency,
            one.rows,
            _money(one.minor_units, one.currency),
            one.rows_without_rate,
            one.constant_rate or "",
        )
        for one in money.currencies
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("currency", "text"),
        ("rows", "count"),
        ("revenue", "money"),
        ("no rate", "count"),
        ("constant rate", "money"),
    )
    return Section("currencies", "Currencies of revenue", columns, rows)


def _control_totals(money: MoneyAccounts) -> Section:
    differing = [total for total in money.control_totals if total.difference]
    rows = tuple(
        (
            f"{total.month}, {total.currency}",
            _money(total.ledger_minor_units, ""),
            _money(total.books_minor_units, ""),
            _money(total.difference, ""),
        )
        if exponent_of(total.currency) == 2
        else (
            f"{total.month}, {total.currency}",
            _money(total.ledger_minor_units, total.currency),
            _money(total.books_minor_units, total.currency),
            _money(total.difference, total.currency),
        )
        for total in differing
    )
    n = len(money.control_totals)
    notes = (f"{n - len(differing)} of {n} months agree to the cent",) if n else ()
    columns: tuple[tuple[str, Kind], ...] = (
        ("month", "text"),
        ("ledger", "money"),
        ("books", "money"),
        ("difference", "money"),
    )
    return Section("control_totals", "Beside the general ledger", columns, rows, notes)


def _overlaps(money: MoneyAccounts) -> Section:
    rows = tuple(
        (
            f"{overlap.file} and {overlap.other}",
            overlap.rows,
            overlap.share,
            ", ".join(_money(units, code) for code, units in sorted(overlap.minor_units.items())),
        )
        for overlap in money.overlaps
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("files", "text"),
        ("charges", "count"),
        ("share", "share"),
        ("money", "money"),
    )
    return Section("overlaps", "Charges that stand in two files", columns, rows)


def _answered(linkage: Linkage) -> Section:
    rows = tuple(
        (
            f"{bias.trait} ({bias.unit})",
            bias.answered,
            bias.n_answered,
            bias.silent,
            bias.n_silent,
            bias.difference,
            _flag(bias.difference),
        )
        for bias in linkage.answer_bias
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("mean of", "text"),
        ("answered", "number"),
        ("n", "count"),
        ("did not", "number"),
        ("n silent", "count"),
        ("diff", "signed"),
        ("", "text"),
    )
    notes = [f"diff: in standard deviations; ! above {NOTABLE}, !! above {LARGE}"] if rows else []
    rate = linkage.response_rate
    if rate is not None and rate.invitations:
        notes.append(f"{rate.answered:,} of {rate.invitations:,} invitations answered")
    return Section("answered", "Who answered and who did not", columns, rows, tuple(notes))


def _flag(difference: float | None) -> str:
    size = abs(difference or 0.0)
    return "!!" if size > LARGE else "!" if size > NOTABLE else ""


def _money(minor: int, currency: str) -> str:
    exponent = exponent_of(currency)
    whole, rest = divmod(abs(minor), 10**exponent)
    text = f"{'-' if minor < 0 else ''}{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")
    return f"{currency} {text}".strip()
