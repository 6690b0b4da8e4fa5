"""What may become of a polluted pair: exact, refused with a remedy, or exact with a warning. Anything else is a fault.

The judgement never knows today's behaviour: it compares the canonical rows, line by line, with the truth that the
drafts carry, and the ledger with the records that are physically there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cxlink.engine.interface import Engine
from cxlink.handoff import LedgerEntry
from tests.load.pollution.bench import COLUMNS, Bench, Options, Outcome, Row, run
from tests.load.pollution.draft import Placed, Written

CODE = re.compile(r"CX[0-9]{3}")


@dataclass(frozen=True)
class Expect:
    """Allowed outcomes.

    ``settle`` are settings with which a second load must be exact, where the first was refused; the refusal must name
    them, or one of them where not all faults can be seen at once.

    ``warn`` are codes of which one must be among the messages of an accepted load; "*" takes any message.
    """

    accepts: bool = True
    refuses: bool = False
    warn: tuple[str, ...] = ()
    settle: Options = field(default_factory=dict)
    names_all: bool = True

    def __and__(self, other: Expect) -> Expect:
        """What may become of both pollutions together."""
        settle = {
            table: {**self.settle.get(table, {}), **other.settle.get(table, {})}
            for table in {**self.settle, **other.settle}
        }
        return Expect(
            self.accepts and other.accepts,
            self.refuses or other.refuses,
            self.warn + other.warn,
            settle,
            names_all=not (self.settle and other.settle),
        )

    def once_settled(self) -> Expect:
        """What may become of the second load."""
        return Expect(warn=self.warn)


EXACT = Expect()
REFUSED = Expect(accepts=False, refuses=True)
EITHER = Expect(refuses=True)


def settled_by(**settle: Mapping[str, object]) -> Expect:
    """Refused unless settings settle it, by table."""
    return Expect(accepts=False, refuses=True, settle=settle)


def warned(*codes: str) -> Expect:
    """Exact, with one of these warnings."""
    return Expect(warn=codes)


def problems(outcome: Outcome, expect: Expect) -> list[str]:
    """All that is wrong with an outcome; empty where it is allowed."""
    found = [fault for entry in outcome.ledger for fault in unbalanced(entry)]
    if outcome.error is not None:
        return found + list(_of_refusal(outcome, expect))
    if not expect.accepts:
        found.append(f"SILENT: accepted what must be refused{_damage_in_short(outcome)}")
    codes = {message.code for message in outcome.messages}
    if expect.warn and not (codes & set(expect.warn) or ("*" in expect.warn and codes)):
        found.append(f"SILENT: none of the warnings {expect.warn}, but {sorted(codes)}")
    for table, files in outcome.written.items():
        found += _of_rows(table, files, outcome)
        if all(draft.placed for draft in files):
            found += _of_ledger(table, files, outcome)
    return found


def _damage_in_short(outcome: Outcome) -> str:
    rows = [fault for table, files in outcome.written.items() for fault in _of_rows(table, files, outcome)]
    return f" ({rows[0]})" if rows else ""


def unbalanced(entry: LedgerEntry) -> Iterator[str]:
    """Whether a ledger entry does not add up."""
    if entry.rows_read != entry.rows_accepted + entry.rows_excluded + entry.rows_quarantined:
        yield f"UNBALANCED: {entry.file} {entry}"
    if entry.rows_quarantined != len(entry.quarantine):
        yield f"UNBALANCED: {entry.file} lists {len(entry.quarantine)} of {entry.rows_quarantined} rows held back"


def _of_refusal(outcome: Outcome, expect: Expect) -> Iterator[str]:
    if not outcome.faults:
        yield f"TRACEBACK: {type(outcome.error).__name__}: {outcome.error}"
        return
    if not expect.refuses:
        yield f"OVER-REFUSED: {outcome.error}"
    text = " ".join(fault.remedy for fault in outcome.faults)
    for fault in outcome.faults:
        if not (CODE.fullmatch(fault.code) and fault.place and fault.message and fault.remedy):
            yield f"REFUSAL: without code, place, message or remedy: {fault!r}"
    keys = [key for table in COLUMNS for key in expect.settle.get(table, {})]
    unnamed = [key for key in keys if key not in text]
    if unnamed and (expect.names_all or unnamed == keys):
        yield f"REMEDY: does not name {', '.join(unnamed)}: {outcome.error}"


def canonical(table: str, truth: Mapping[str, object]) -> Row:
    """A true row as the engine gives it."""
    return tuple(None if truth[name] is None else str(truth[name]) for name in COLUMNS[table])


def _of_rows(table: str, files: tuple[Written, ...], outcome: Outcome) -> Iterator[str]:
    shown = _shown_names(files, outcome)
    rows = {(shown.get(file, file), number): row for (file, number), row in outcome.rows[table].items()}
    held = {(shown.get(row.file, row.file), row.line) for entry in outcome.ledger for row in entry.quarantine}
    may_lack = any(message.code == "CX154" for message in outcome.messages)
    for file in files:
        for placed in file.placed:
            row = rows.pop((file.name, placed.first), None)
            is_held = any((file.name, number) in held for number in range(placed.first, placed.last + 1))
            yield from _of_record(table, file.name, placed, row, is_held=is_held, may_lack=may_lack)
    yield from (
        f"SILENT: {place} is in {table}, and no such record is in the file: {row}" for place, row in rows.items()
    )


def _shown_names(files: tuple[Written, ...], outcome: Outcome) -> dict[str, str]:
    """True names by those that the ledger shows, for a file whose name is not text and must be shown in another way."""
    strange = [file.name for file in files if not file.name.isprintable() and not _is_text(file.name)]
    known = {file.name for written in outcome.written.values() for file in written}
    shown = [entry.file for entry in outcome.ledger if entry.file not in known]
    return dict(zip(shown, strange, strict=False))


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode("utf-8"))
    except UnicodeEncodeError:
        return False


def _of_record(
    table: str, file: str, placed: Placed, row: Row | None, *, is_held: bool, may_lack: bool
) -> Iterator[str]:
    record, place = placed.record, f"{file} line {placed.first} ({placed.record.fate})"
    if row is not None and is_held:
        yield f"SILENT: {place} is both accepted and held back"
    if row is not None and record.fate not in ("accept", "either"):
        yield f"SILENT: {place} is accepted as {row}"
    elif row is not None and row != (truth := canonical(table, record.truth)):
        yield f"SILENT: {place} is {row}, truly {truth}"
    if row is None and record.fate == "accept":
        yield f"{'OVER-HELD' if is_held else 'SILENT'}: {place} is not accepted"
    if row is None and not is_held and record.fate in ("hold", "either"):
        yield f"SILENT: {place} is not listed"
    if row is None and not is_held and record.fate == "above" and not may_lack:
        yield f"SILENT: {place} is neither listed nor warned of"


def _of_ledger(table: str, files: tuple[Written, ...], outcome: Outcome) -> Iterator[str]:
    entries = [entry for entry in outcome.ledger if entry.source.split("-")[0] == table]
    fates = Counter(placed.record.fate for file in files for placed in file.placed)
    least = sum(fates[fate] for fate in ("accept", "hold", "either", "exclude"))
    most = least + sum(_spare(placed) for file in files for placed in file.placed)
    n_read, n_excluded = (sum(getattr(e, name) for e in entries) for name in ("rows_read", "rows_excluded"))
    if not least <= n_read <= most:
        yield f"SILENT: {table} has {n_read} rows read, but {least} to {most} are there"
    if not fates["exclude"] <= n_excluded <= fates["exclude"] + fates["drop"]:
        yield f"LEDGER: {table} has {n_excluded} rows excluded, not {fates['exclude']}"
    if sum(entry.rows_accepted for entry in entries) != len(outcome.rows[table]):
        yield f"UNBALANCED: {table} has other rows than its ledger says"
    if table == "revenue":
        yield from _of_money(files, entries, outcome)


def _spare(placed: Placed) -> int:
    """Records beyond the certain ones: lines of junk, and the lines of a broken record."""
    if placed.record.fate == "drop":
        return placed.last - placed.first + 1
    return placed.last - placed.first if placed.record.raw is not None else 0


def _of_money(files: tuple[Written, ...], entries: list[LedgerEntry], outcome: Outcome) -> Iterator[str]:
    shown = {name: given for given, name in _shown_names(files, outcome).items()}
    kept: Counter[str] = Counter()
    held: dict[str, set[int]] = {}
    for file in files:
        for placed in file.placed:
            truth, record = placed.record.truth, placed.record
            if not truth:
                continue
            code, cents = str(truth["currency"]), int(str(truth["amount_minor"]))
            if (shown.get(file.name, file.name), placed.first) in outcome.rows["revenue"]:
                kept[code] += cents
            else:
                held[code] = _sums(held.get(code, {0}), cents, record.readable)
    for name in {*kept, *(name for entry in entries for name in entry.minor_units_accepted)}:
        given = sum(entry.minor_units_accepted.get(name, 0) for entry in entries)
        if given != kept[name]:
            yield f"CENTS: the ledger accepts {given} {name}, truly {kept[name]}"
    for name in {*held, *(name for entry in entries for name in entry.minor_units_quarantined)}:
        given = sum(entry.minor_units_quarantined.get(name, 0) for entry in entries)
        if given not in held.get(name, {0}):
            yield f"CENTS: the ledger holds back {given} {name}, truly one of {sorted(held.get(name, {0}))[:8]}"


def _sums(before: set[int], cents: int, readable: bool | None) -> set[int]:
    after: set[int] = set()
    if readable is not False:
        after |= {sum_ + cents for sum_ in before}
    if readable is not True:
        after |= before
    return after


def judge(bench: Bench, expect: Expect, engine: Engine) -> list[str]:
    """Load a pair, again with the settings that settle it where it was refused for want of them, and judge both."""
    outcome = run(bench, engine)
    found = problems(outcome, expect)
    if outcome.error is not None and expect.settle:
        settled = run(bench.with_options(expect.settle), engine)
        found += [f"SETTLED: {problem}" for problem in problems(settled, expect.once_settled())]
    return found
