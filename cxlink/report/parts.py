"""What a document is made of: the facts of a run as they are shown to people, in every rendering the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cxlink.handoff import EventStudy
from cxlink.report.first_parts import NO_FIRST_SCREEN, FirstScreen, PlacedChart
from cxlink.report.lever_data import LeverBoard
from cxlink.report.numbers import Figure
from cxlink.report.section import Section
from cxlink.report.sheet_rows import CallList, ClaimLine, CommentTable
from cxlink.report.shown_text import Sink, render_text
from cxlink.report.workings import Workings


class Untrusted(str):
    """Text that came from a file or its rows; shown only through `render_text`."""

    __slots__ = ()


Sentence = tuple[str, ...]
"""Text in parts; parts that are `Untrusted` are escaped for the place, the others are ours."""


def render_sentence(sentence: Sentence, sink: Sink) -> str:
    """Join the parts of a sentence, with those of others escaped.

    Parameters
    ----------
    sentence : tuple of str
        Our words and, as `Untrusted`, those of others.
    sink : Sink
        Where it goes.

    Returns
    -------
    str
        One line.
    """
    return "".join(render_text(part, sink) if isinstance(part, Untrusted) else part for part in sentence)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, or a dash with the number of the note that says why there is none."""

    figure: Figure | None
    note: int | None = None

    @property
    def point_text(self) -> str:
        """What stands on the first line of the cell."""
        if self.figure is not None:
            return self.figure.point_text
        return f"- [{self.note}]" if self.note else ""

    @property
    def interval_text(self) -> str:
        """What stands on the second line of the cell."""
        return self.figure.interval_text if self.figure else ""

    @property
    def text(self) -> str:
        """The whole cell on one line."""
        return self.figure.text if self.figure else self.point_text


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: its key in results.json, its heading and the unit of its figures."""

    key: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Row:
    """A component, their overlap, all of them together, or the rest, which no component explains.

    ``cannot_tell`` is the reason where no figure of the row is estimable, and empty otherwise.
    """

    kind: Literal["component", "overlap", "together", "rest"]
    name: str
    reached: str
    cells: tuple[Cell, ...]
    evidence: str
    cannot_tell: Sentence = ()


@dataclass(frozen=True, slots=True)
class ComponentTable:
    """The main table, with its numbered notes and the remarks that belong to whole columns."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Sentence, ...]
    remarks: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class DetailRow:
    """What stands behind a component's figures."""

    name: str
    incidents: str
    hazard_ratio: Cell
    seen_after: Cell
    seen_otherwise: Cell
    tenth: Cell
    rank: str
    warnings: str


@dataclass(frozen=True, slots=True)
class DetailTable:
    """The second table, with its numbered notes; ``tenth_label`` says in what 10% fewer incidents are counted."""

    kpi: str
    tenth_label: str
    rows: tuple[DetailRow, ...]
    notes: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A root cause, how often it was named, and redacted examples."""

    component: str
    cause: str
    comments: str
    tickets: str
    customers: str
    share: str
    corrected_share: str
    trend: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What became of one file's rows and money; money as text by currency."""

    source: str
    file: str
    rows_read: int
    rows_accepted: int
    rows_excluded: int
    rows_quarantined: int
    money_accepted: str
    money_quarantined: str
    read_as: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How many rows of a source were held back for one reason."""

    source: str
    code: str
    column: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class CurveStep:
    """Share still with us at a tenure, for the curve; shares 0..1 and days."""

    day: int
    survival: float
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True, slots=True)
class CurveMark:
    """A point of the curve as a figure in percent, for the table under it."""

    day: int
    kept: Figure
    at_risk: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of staying of one segment, and its marks."""

    segment: str
    steps: tuple[CurveStep, ...]
    marks: tuple[CurveMark, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning or an error, with its code and what to do."""

    code: str
    severity: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An output, whether this data allows it, and what would unlock it."""

    output: str
    ready: bool
    needs: str


@dataclass(frozen=True, slots=True)
class DriverLine:
    """One figure that goes with a score, or why there is none."""

    kpi: str
    component: str
    way: str
    figure: Figure | None
    unit: str
    customers: str
    evidence: str
    remark: str


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One component in one segment, or all together; figures in the project's currency."""

    attribute: str
    value: str
    component: str
    customers: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SegmentTable:
    """The component table by segment."""

    columns: tuple[str, ...]
    rows: tuple[SegmentRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is shown to people.

    ``workings``, ``comments``, ``calls`` and ``claims`` are what the workbook has beyond the other renderings;
    ``accounts`` are the lines of ``reconciliation`` as numbers, which add up to ``accepted_revenue`` (None where
    revenue is in several currencies).
    """

    project: str
    customers: str
    cut_off: str
    scale: str
    headline: Sentence
    ledger_line: str
    ceiling_line: str
    table: ComponentTable
    tenth_line: Sentence
    experience_line: str
    details: DetailTable
    causes: tuple[CauseRow, ...]
    unexplained: tuple[Sentence, ...]
    matches: tuple[tuple[str, str], ...]
    ledger: tuple[LedgerRow, ...]
    held_back: tuple[HeldBack, ...]
    reconciliation: tuple[tuple[str, str], ...]
    churn_line: Sentence
    curves: tuple[Curve, ...]
    wanted: tuple[Wanted, ...]
    notices: tuple[Notice, ...]
    remarks: tuple[Notice, ...]
    next_steps: tuple[Sentence, ...]
    method: tuple[str, ...]
    not_to_conclude: tuple[str, ...]
    sections: tuple[Section, ...] = ()
    event_studies: tuple[EventStudy, ...] = ()
    drivers: tuple[DriverLine, ...] = ()
    segments: SegmentTable | None = None
    claim_lines: tuple[str, ...] = ()
    monitor_lines: tuple[str, ...] = ()
    kpi_line: str = ""
    bridge_line: str = ""
    loop_line: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    levers: LeverBoard | None = None
    first: FirstScreen = NO_FIRST_SCREEN
    charts: tuple[PlacedChart, ...] = ()
    workings: Workings | None = None
    comments: CommentTable | None = None
    calls: CallList | None = None
    claims: tuple[ClaimLine, ...] = ()
    accounts: tuple[tuple[str, float], ...] = ()
    accepted_revenue: float | None = None
    language: str = "en"
    published: bool = False

    @property
    def header(self) -> Sentence:
        """Project, customers, cut-off date and the unit of the figures."""
        return (Untrusted(self.project), f" | {self.customers} | to {self.cut_off} | {self.scale}")
