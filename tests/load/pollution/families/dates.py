"""Days and moments: formats, ambiguity, mixtures, zones and impossible dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from tests.load.pollution.draft import Draft, Record
from tests.load.pollution.oracle import EITHER, REFUSED, Expect
from tests.load.pollution.pollution import Pollution, of

CLEAR = {
    "ISO": "%Y-%m-%d",
    "ISO basic": "%Y%m%d",
    "y/m/d": "%Y/%m/%d",
    "y.m.d": "%Y.%m.%d",
    "d/m/y": "%d/%m/%Y",
    "m/d/y": "%m/%d/%Y",
    "d.m.y": "%d.%m.%Y",
    "d-m-y": "%d-%m-%Y",
    "m-d-y": "%m-%d-%Y",
    "d Mon y": "%d %b %Y",
    "d-Mon-y": "%d-%b-%Y",
    "Month d, y": "%B %d, %Y",
    "Mon d y": "%b %d %Y",
    "y-Mon-d": "%Y-%b-%d",
    "d/m/y at 0:00": "%d/%m/%Y 00:00",
    "ISO at midnight": "%Y-%m-%dT00:00:00",
    "ISO at midnight, Z": "%Y-%m-%dT00:00:00Z",
    "ISO, fraction": "%Y-%m-%d 00:00:00.000",
    "ISO, +00:00": "%Y-%m-%d 00:00:00+00:00",
}
AMBIGUOUS = {
    "d/m/y": "%d/%m/%Y",
    "m/d/y": "%m/%d/%Y",
    "d-m-y": "%d-%m-%Y",
    "m-d-y": "%m-%d-%Y",
    "d.m.y": "%d.%m.%Y",
    "d/m/yy": "%d/%m/%y",
    "m/d/yy": "%m/%d/%y",
}
TOLD = {
    "weekday": "%a %d %b %Y",
    "underscores": "%Y_%m_%d",
    "joined d m y": "%d%m%Y",
    "y d m": "%Y-%d-%m",
    "d/m/yy": "%d/%m/%y",
    "m/d/yy": "%m/%d/%y",
    "yy-m-d": "%y-%m-%d",
    "d-Mon-yy": "%d-%b-%y",
}
IMPOSSIBLE = (
    "2024-02-30", "2024-13-01", "2024-00-10", "2024-01-00", "0000-00-00", "9999-12-31", "1899-12-31", "soon", "N/A",
    "null", "-", "2024-1", "20240230", "45292", "1704067200", "2024-01-01 25:00:00", "2024-01-01 10:61",
    "2024-01-01x", "２０２４-01-01", "٢٠٢٤-٠١-٠١", "2024-01-01T", "2024-01-01 10:00 XM", "24-01-01-05", "2024-W05-1",
)  # fmt: skip
MOMENTS: dict[str, Callable[[datetime], str]] = {
    "T": lambda m: m.isoformat(),
    "T and Z": lambda m: f"{m.isoformat()}Z",
    "space and UTC": lambda m: f"{m} UTC",
    "fractions": lambda m: f"{m}.000000",
    "nine decimals": lambda m: f"{m}.000000000",
    "comma before the fraction": lambda m: f"{m},000",
    "+00": lambda m: f"{m}+00",
    "+0200": lambda m: f"{m + timedelta(hours=2)} +0200",
    "-05:30": lambda m: f"{m - timedelta(hours=5.5)}-05:30",
    "12 hours": lambda m: m.strftime("%Y-%m-%d %I:%M:%S %p"),
    "12 hours, US": lambda m: m.strftime("%m/%d/%Y %I:%M:%S %p"),
    "12 hours, a.m.": lambda m: m.strftime("%Y-%m-%d %I:%M:%S ") + ("a.m." if m.hour < 12 else "p.m."),
    "d.m.y": lambda m: m.strftime("%d.%m.%Y %H:%M:%S"),
    "d/m/y, comma": lambda m: m.strftime("%d/%m/%Y, %H:%M:%S"),
    "without seconds": lambda m: m.strftime("%Y-%m-%d %H:%M"),
    "words": lambda m: m.strftime("%d %B %Y %H:%M:%S"),
}
FOREIGN = ("Mai", "Dez", "janv.", "mars", "okt")


def days(draft: Draft, shape: Callable[[int, date], str], move: Callable[[date], date] = lambda day: day) -> Draft:
    """Charges with their day written in another way, and perhaps on another day."""

    def change(n: int, record: Record) -> Record:
        day = record.truth["charged_on"]
        assert isinstance(day, date)
        moved = move(day)
        cells = {**record.cells, "charged_on": shape(n, moved)}
        return replace(record, cells=cells, truth={**record.truth, "charged_on": moved})

    return draft.every(change)


def early(day: date) -> date:
    """A day that can be read as a month."""
    return day.replace(day=(day.day - 1) % 12 + 1)


def moments(draft: Draft, shape: Callable[[datetime], str], zone: str = "UTC") -> Draft:
    """Answers with their moment in UTC written in another way, truly in the project's zone."""

    def change(_: int, record: Record) -> Record:
        moment = record.truth["responded_at"]
        assert isinstance(moment, datetime)
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        cells = {**record.cells, "responded_at": shape(moment)}
        return replace(record, cells=cells, truth={**record.truth, "responded_at": local})

    return draft.every(change)


def _formats() -> Iterator[Pollution]:
    for name, form in CLEAR.items():
        pairs = name in ("d/m/y", "m/d/y", "d-Mon-y", "ISO at midnight, Z")
        yield of("revenue", "dates", name, lambda d, f=form: days(d, lambda _, day: day.strftime(f)), pairs=pairs)
    for name, form in AMBIGUOUS.items():
        expect = Expect(accepts=name == "d.m.y", refuses=True, settle={"revenue": {"dates": form}})
        yield of(
            "revenue",
            "dates",
            f"ambiguous {name}",
            lambda d, f=form: days(d, lambda _, day: day.strftime(f), early),
            expect,
            pairs=name in ("d/m/y", "m/d/y"),
        )
    for name, form in TOLD.items():
        yield Pollution(
            "dates",
            f"told {name}",
            lambda bench, f=form: bench.on("revenue", lambda d: days(d, lambda _, day: day.strftime(f))).with_options(
                {"revenue": {"dates": f}}
            ),
        )
    for name in ("weekday", "underscores"):
        form = TOLD[name]
        expect = Expect(accepts=False, refuses=True, settle={"revenue": {"dates": form}})
        yield of(
            "revenue", "dates", f"unknown {name}", lambda d, f=form: days(d, lambda _, day: day.strftime(f)), expect
        )
    for form in ("%Y", "%d/%m", "%Q", "%Y-%m-%d %", "", "%Y-%Y-%m", "%H:%M", "no letters"):
        yield Pollution("dates", f"told {form!r}", lambda b, f=form: b.with_options({"revenue": {"dates": f}}), REFUSED)


def _serials() -> Iterator[Pollution]:
    first = date(1899, 12, 30)
    yield of(
        "revenue", "dates", "spreadsheet serials", lambda d: days(d, lambda _, day: str((day - first).days)), REFUSED
    )
    yield of(
        "revenue",
        "dates",
        "serials with decimals",
        lambda d: days(d, lambda _, day: f"{(day - first).days}.5"),
        REFUSED,
    )
    yield of("revenue", "dates", "seconds since 1970", lambda d: days(d, lambda _, day: _seconds(day)), REFUSED)
    yield of(
        "revenue", "dates", "milliseconds since 1970", lambda d: days(d, lambda _, day: f"{_seconds(day)}000"), REFUSED
    )
    for word in FOREIGN:
        yield of(
            "revenue",
            "dates",
            f"months like {word}",
            lambda d, w=word: days(d, lambda _, day: f"{day.day} {w} {day.year}"),
            REFUSED,
        )


def _seconds(day: date) -> str:
    return str(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))


def _cells() -> Iterator[Pollution]:
    for text in IMPOSSIBLE:
        yield of(
            "revenue",
            "dates",
            f"one cell {text}",
            lambda d, t=text: d.cell(5, "charged_on", t, fate="hold", readable=True),
        )
    yield of(
        "revenue",
        "dates",
        "one cell is empty",
        lambda d: d.cell(5, "charged_on", "", fate="hold", readable=True),
        pairs=True,
    )
    for text in ("06/02/2024", "02.02.2024", "2 Feb 2024", "2024/02/02", "20240202"):
        yield of("revenue", "dates", f"one cell {text} among ISO", lambda d, t=text: _also(d, t))
    for name, text in {
        "spaces": "  2024-02-02 ",
        "no-break spaces": "\u00a02024-02-02\u00a0",
        "a time": "2024-02-02 13:45:59",
    }.items():
        yield of("revenue", "dates", f"one cell with {name}", lambda d, t=text: _also(d, t))


def _also(draft: Draft, text: str) -> Draft:
    return draft.true_cell(5, "charged_on", text, {"charged_on": date(2024, 2, 2)}).at(5, fate="either", readable=True)


def _mixtures() -> Iterator[Pollution]:
    half = lambda n, day: day.strftime("%d/%m/%Y" if n % 2 else "%m/%d/%Y")  # noqa: E731 - beside its name
    yield of("revenue", "dates", "half d/m, half m/d", lambda d: days(d, half), REFUSED)
    yield of("revenue", "dates", "half d/m, half m/d, early days", lambda d: days(d, half, early), REFUSED)
    some = lambda n, day: day.strftime("%m/%d/%Y" if n % 20 == 7 else "%d/%m/%Y")  # noqa: E731 - likewise
    yield of("revenue", "dates", "d/m with a few m/d", lambda d: days(d, some), REFUSED)
    iso = lambda n, day: day.strftime("%d/%m/%Y" if n % 2 else "%Y-%m-%d")  # noqa: E731 - named beside its like
    yield of("revenue", "dates", "half d/m, half ISO", lambda d: days(d, iso), EITHER)
    times = lambda n, day: day.strftime("%Y-%m-%d 00:00:00" if n % 2 else "%Y-%m-%d")  # noqa: E731 - likewise
    yield of("revenue", "dates", "some with a time", lambda d: days(d, times))
    yield of("revenue", "dates", "two of three hundred in m/d", _two_of_many, REFUSED)
    yield of(
        "revenue",
        "dates",
        "short years, y/m/d or d/m/y",
        lambda d: days(d, lambda _, day: day.strftime("%d/%m/%y"), _twenties),
        EITHER,
    )


def _twenties(day: date) -> date:
    return day.replace(day=20 + day.day % 8, month=day.month, year=2024)


def _two_of_many(draft: Draft) -> Draft:
    """A second system's rows at the end: one cannot be day-first, the other is read with days and months swapped."""
    more = [
        Record(
            {**record.cells, "invoice_id": f"J-{n}-{record.cells['invoice_id']}"},
            {**record.truth, "invoice_id": f"J-{n}-{record.truth['invoice_id']}"},
        )
        for n in range(4)
        for record in draft.records
    ]
    wide = replace(draft, records=(*draft.records, *more))

    def shape(n: int, day: date) -> str:
        return day.strftime("%m/%d/%Y" if n in (290, 291) else "%d/%m/%Y")

    odd = days(wide, shape, lambda day: day)
    early_row = odd.true_cell(290, "charged_on", "03/04/2024", {"charged_on": date(2024, 3, 4)})
    return early_row.cell(291, "charged_on", "03/14/2024", fate="hold", readable=True)


def _moments() -> Iterator[Pollution]:
    for name, shape in MOMENTS.items():
        yield of(
            "feedback",
            "moments",
            name,
            lambda d, s=shape: moments(d, s),
            pairs=name in ("T and Z", "12 hours, US"),
        )
    for zone in ("Europe/Riga", "America/New_York", "Asia/Kolkata", "Pacific/Chatham"):
        for name in ("T and Z", "-05:30"):
            yield Pollution(
                "moments",
                f"{name} in {zone}",
                lambda b, s=MOMENTS[name], z=zone: b.on("feedback", lambda d: moments(d, s, z)).with_options(
                    {"project": {"timezone": z}}
                ),
            )
        yield Pollution("moments", f"no zone in {zone}", lambda b, z=zone: b.with_options({"project": {"timezone": z}}))
    twice = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    for name, moment in {"first": twice, "second": twice + timedelta(hours=1)}.items():
        yield Pollution(
            "moments",
            f"the {name} of an hour that comes twice",
            lambda b, m=moment: b.on("feedback", lambda d: _at(d, m)).with_options(
                {"project": {"timezone": "Europe/Riga"}}
            ),
        )
    for text in (
        "2024-01-31 10:00:00+25:00",
        "2024-01-31 10:00:00 CEST",
        "2024-01-31 24:00:00",
        "2024-01-31 23:59:60",
        "2024-01-31 13:00 PM",
        "2024-01-31 0:30 AM",
        "10:00",
    ):
        yield of("feedback", "moments", f"one cell {text}", lambda d, t=text: d.cell(4, "responded_at", t, fate="hold"))


def _at(draft: Draft, moment: datetime) -> Draft:
    local = moment.astimezone(ZoneInfo("Europe/Riga")).replace(tzinfo=None)
    shown = moment.astimezone(timezone(timedelta(hours=-3)))
    return draft.true_cell(4, "responded_at", shown.isoformat(), {"responded_at": local})


def pollutions() -> Iterator[Pollution]:
    """All of the family."""
    yield from _formats()
    yield from _serials()
    yield from _cells()
    yield from _mixtures()
    yield from _moments()
