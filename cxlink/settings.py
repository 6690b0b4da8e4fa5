"""``cxlink.toml`` as typed settings: one group per stage, every default with its unit.

Unknown keys are errors that name the nearest key. All faults of the file are reported together.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from cxlink.errors import ConfigError, Faults, InputMissingError

MAX_CONFIG_BYTES = 1_000_000
TABLES = (
    "customers",
    "revenue",
    "feedback",
    "invitations",
    "tickets",
    "events",
    "costs",
    "employees",
    "labels",
    "fx",
    "identities",
    "control_totals",
)
Share = Annotated[float, Field(ge=0, le=1)]


def _as_range(value: Any) -> Any:
    return {"low": value, "likely": value, "high": value} if isinstance(value, int | float) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception as error:
        raise ValueError('must be a name of the IANA time zone database such as "Europe/Riga"') from error
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
Paths = Annotated[
    list[Annotated[str, Field(min_length=1)]], BeforeValidator(_as_list, json_schema_input_type=str | list[str])
]
Words = dict[str, Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ProjectSettings(_Group):
    """``[project]``: whose data it is, and which days count."""

    name: str = Field(min_length=1)
    currency: str
    timezone: Zone = "UTC"
    observed_from: date | None = None
    observed_to: date | None = None
    seed: int = Field(default=1, ge=0)

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", value):
            raise ValueError('must be a code of ISO 4217 such as "EUR"')
        return value

    @model_validator(mode="after")
    def _ordered(self) -> ProjectSettings:
        if self.observed_from and self.observed_to and self.observed_from > self.observed_to:
            raise ValueError("observed_from must not be after observed_to")
        return self


class SourceSettings(_Group):
    """``[[sources.TABLE]]``: where one table's rows come from and how to read them."""

    path: Annotated[Paths, Field(min_length=1)] | None = None
    query: str | None = Field(default=None, min_length=1)
    inputs: dict[str, Annotated[Paths, Field(min_length=1)]] = Field(default_factory=dict)
    columns: dict[str, str] = Field(default_factory=dict)
    dates: str | None = Field(default=None, min_length=1)
    encoding: str | None = Field(default=None, min_length=1)
    delimiter: str | None = Field(default=None, min_length=1, max_length=1, pattern=r'^[^"\r\n\x00]$')
    decimal: Literal[".", ","] | None = None
    refund_sign: Literal["as written", "positive"] = "as written"
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    timezone: Zone | None = Field(default=None, description="of times without a zone; default: the project's")
    amount_unit: Literal["major", "minor"] = Field(default="major", description="minor: amounts are whole cents")
    sheet: str | None = Field(default=None, description="of a workbook; default: the first with the mapped columns")
    member: str | None = Field(default=None, description="of a zip file that holds several: the file's name within")
    header_rows: int = Field(default=1, ge=1, le=3, description="rows of names; they are joined with ' - '")
    keep: Words = Field(default_factory=dict, description="rows that count, by the export's column and its words")
    exclude: Words = Field(default_factory=dict, description="rows that are not data, likewise; kept in the ledger")
    fold_by: str | None = Field(default=None, description="the export's column: further rows of its value are items")

    @model_validator(mode="after")
    def _path_or_query(self) -> SourceSettings:
        if (self.path is None) == (self.query is None):
            raise ValueError('needs either "path" or "query" (with "inputs")')
        if self.query is not None and not self.inputs:
            raise ValueError('"query" needs "inputs", such as { orders = "orders.csv" }')
        if self.query is None and self.inputs:
            raise ValueError('"inputs" goes with "query"')
        bad = [name for name in self.inputs if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name)]
        if bad:
            raise ValueError(f"the input's name {bad[0]!r} must be lower-case letters, digits and _")
        return self


class SourcesSettings(_Group):
    """``[[sources.*]]``: the exports, by canonical table."""

    customers: tuple[SourceSettings, ...] = ()
    revenue: tuple[SourceSettings, ...]
    feedback: tuple[SourceSettings, ...]
    invitations: tuple[SourceSettings, ...] = ()
    tickets: tuple[SourceSettings, ...] = ()
    events: tuple[SourceSettings, ...] = ()
    costs: tuple[SourceSettings, ...] = ()
    employees: tuple[SourceSettings, ...] = ()
    labels: tuple[SourceSettings, ...] = ()
    fx: tuple[SourceSettings, ...] = ()
    identities: tuple[SourceSettings, ...] = ()
    control_totals: tuple[SourceSettings, ...] = ()

    @model_validator(mode="after")
    def _not_empty(self) -> SourcesSettings:
        for table in ("revenue", "feedback"):
            if not self.of(table):
                raise ValueError(f"{table} needs at least one source")
        return self

    def of(self, table: str) -> tuple[SourceSettings, ...]:
        """Sources of one canonical table, in the order of the file.

        Parameters
        ----------
        table : str
            One of `TABLES`.

        Returns
        -------
        tuple of SourceSettings
            Empty where the table has none.
        """
        sources: tuple[SourceSettings, ...] = getattr(self, table)
        return sources


class TaxonomySettings(_Group):
    """``[taxonomy]``: the words of the root causes; the shipped ones where absent."""

    path: str | None = Field(default=None, description="a TOML file or folder, or a sheet of plain words")
    classifier: str | None = Field(default=None, description="written by cxlink tag train; decides on what it learnt")
    embeddings: str | None = Field(
        default=None, description="folder of a static embedding model, for cxlink tag train and what it trains"
    )
    shipped: str = Field(default="default", description="default, retail, telecom or travel, where path is absent")


class LoadSettings(_Group):
    """``[load]``: how much may be held back before the data is refused."""

    max_quarantined: Share = 0.05
    cache: bool = Field(default=True, description="keep typed tables in .cxlink/cache, for the next run")
    memory_limit: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]*(\.[0-9]+)? ?([KMGT]i?B)$",
        description="of the engine, such as 2GB; what is more is put on disk. Default: 80% of memory",
    )


class ModelSettings(_Group):
    """``[model]``: what is estimated, and what it is adjusted for."""

    business: Literal["subscription", "orders"] | None = None
    kpi: Literal["nps", "csat", "ces"] | None = None
    exposure_days: int = Field(default=90, ge=1, le=730)
    adjust_for: tuple[str, ...] = ()
    negative_controls: tuple[str, ...] = Field(
        default=(), description="components known to be without effect on leaving: they show how far off estimates are"
    )
    horizon_months: int = Field(default=12, ge=1, le=60)
    allow_for_silence: bool = Field(
        default=True, description="whether effects on the KPI allow for answering that hangs on the score itself"
    )
    draws: int = Field(default=200, ge=100, le=5000, description="joint draws behind each interval")
    event_study: bool = Field(default=False, description="follow revenue after each component's first incidents")
    resampling: Literal["influence", "score", "refit"] = Field(
        default="influence",
        description="how each draw moves the churn model: by each customer's influence, one exact step, or a new fit",
    )


class FinanceSettings(_Group):
    """``[finance]``: what turns revenue and minutes into margin and cost; no share has a made-up default."""

    gross_margin: Share | None = None
    discount_rate: float = Field(default=0.0, ge=0, le=1, description="a year, applied at mid-period")
    cost_per_handle_minute: float | None = Field(default=None, ge=0)
    avoidable_share: Share | None = None
    acquisition_cost: float | None = Field(default=None, ge=0, description="of one new customer")
    budget: float | None = Field(default=None, gt=0, description="for [[changes]], over the horizon")
    budget_aim: Literal["mean", "worst fifth"] = Field(default="mean", description="of what the budget brings")


class ReportSettings(_Group):
    """``[report]``: for whom the reports are."""

    audience: Literal["internal", "published"] = "internal"
    verbatims: int = Field(default=2, ge=0, le=20, description="redacted examples a cause; 0 for none")
    segments: tuple[str, ...] = ()
    language: Literal["en", "ar", "de", "es", "he", "lv", "pt"] = Field(
        default="en", description="how numbers and dates are written in report.html, and which way it is read"
    )


class LoopSettings(_Group):
    """``[loop]``: coming back to customers who scored low."""

    answer_within_days: int = Field(default=2, ge=0, le=60, description="promised time of an answer to a low score")


class GatesSettings(_Group):
    """``[gates]``: conditions that must hold, over the names of ``results.json``."""

    rules: tuple[str, ...] = Field(default=(), description='such as "linkage.feedback_matched >= 0.6"')


class ReduceRange(_Group):
    """A range in which a change's reduction lies, as shares of the incidents; below zero where it brings more."""

    low: float = Field(ge=-5, le=1)
    likely: float = Field(ge=-5, le=1)
    high: float = Field(ge=-5, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> ReduceRange:
        if not self.low <= self.likely <= self.high:
            raise ValueError("low, likely and high must be in this order")
        return self


class ReliefRange(ReduceRange):
    """A range in which the share of an incident's harm lies that a recovery takes away."""

    low: Share
    likely: Share
    high: Share


class ChangeCost(_Group):
    """What a change costs or saves, in the project's currency."""

    one_off: float = Field(default=0.0, ge=0, description="at the start")
    per_month: float = Field(default=0.0, ge=0, description="a cost from the first month, a saving with the ramp")


class RecoverySettings(_Group):
    """Making good to customers after an incident, instead of having fewer incidents."""

    voucher: float = Field(gt=0, description="a customer gets for an incident, in the project's currency")
    per_month_cap: float | None = Field(default=None, gt=0, description="most that vouchers may cost in a month")
    relief: Annotated[ReliefRange, BeforeValidator(_as_range, json_schema_input_type=float | ReliefRange)] = Field(
        description="share of the incident's harm that it takes away"
    )


class ChangeSettings(_Group):
    """``[[changes]]``: a change, made or planned."""

    name: str = Field(min_length=1)
    component: str = Field(min_length=1)
    cause: str | None = Field(default=None, min_length=1)
    reduce: Annotated[ReduceRange, BeforeValidator(_as_range, json_schema_input_type=float | ReduceRange)] | None = None
    shape: Literal["triangular", "pert"] = Field(default="triangular", description="of the range between low and high")
    recovery: RecoverySettings | None = None
    cost: ChangeCost = ChangeCost()
    saving: ChangeCost = ChangeCost()
    ramp_months: int = Field(default=0, ge=0, description="months until it works in full, in equal steps from nothing")
    adoption: Share = Field(default=1.0, description="share of customers whom it reaches")
    displaced_to: str | None = Field(default=None, min_length=1, description="component in which incidents reappear")
    displaced_share: Share = Field(default=0.0, description="of the reduced incidents, those that reappear there")
    started_on: date | None = None
    exposed: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> ChangeSettings:
        if self.reduce is not None and self.recovery is not None:
            raise ValueError('takes either "reduce" or "recovery"; write two changes')
        if (self.displaced_to is None) != (self.displaced_share == 0):
            raise ValueError('"displaced_to" and "displaced_share" go together')
        if self.displaced_to == self.component:
            raise ValueError('"displaced_to" must be another component')
        if self.displaced_to is not None and (self.reduce is None or self.reduce.low < 0):
            raise ValueError('"displaced_to" goes with a "reduce" that is not below zero')
        return self


class ClaimSettings(_Group):
    """``[[claims]]``: what somebody says, and of whom."""

    text: str
    among: str | None = Field(default=None, description="a condition on customers' columns; of all where absent")


class Settings(_Group):
    """Everything ``cxlink.toml`` can say.

    ``folder`` is the configuration's own folder, to which relative paths belong; ``file`` its name. Neither is a key.
    """

    project: ProjectSettings
    sources: SourcesSettings
    taxonomy: TaxonomySettings = TaxonomySettings()
    load: LoadSettings = LoadSettings()
    model: ModelSettings = ModelSettings()
    finance: FinanceSettings = FinanceSettings()
    report: ReportSettings = ReportSettings()
    loop: LoopSettings = LoopSettings()
    gates: GatesSettings = GatesSettings()
    changes: tuple[ChangeSettings, ...] = Field(default=(), max_length=15)
    claims: tuple[ClaimSettings, ...] = ()
    folder: Path = Field(default=Path(), exclude=True, json_schema_extra={"readOnly": True})
    file: str = Field(default="cxlink.toml", exclude=True, json_schema_extra={"readOnly": True})

    @model_validator(mode="after")
    def _named_once(self) -> Settings:
        names = [change.name for change in self.changes]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f'two [[changes]] are named "{twice}"')
        return self


def read_settings(path: Path) -> Settings:
    """Read and check a configuration file.

    Parameters
    ----------
    path : Path
        The TOML file.

    Returns
    -------
    Settings
        Checked; paths still as written (see :func:`expand_path`).

    Raises
    ------
    InputMissingError
        If there is no such file (CX001).
    ConfigError
        If it is not TOML (CX002).
    Faults
        All keys that are unknown (CX003), missing (CX004) or of a wrong value (CX005), together.
    """
    if not path.is_file():
        raise InputMissingError("CX001", str(path), "there is no such file.", "Write one with: cxlink init FOLDER")
    raw = path.read_bytes()
    if len(raw) > MAX_CONFIG_BYTES:
        raise ConfigError("CX002", path.name, "is larger than 1 MB.", "A configuration holds settings, not data.")
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("CX002", path.name, f"is not valid TOML: {error}.", "Mend that line.") from None
    reserved = [
        ConfigError("CX003", path.name, f'unknown key "{key}".', "Remove it.")
        for key in ("folder", "file")
        if key in document
    ]
    try:
        settings = Settings.model_validate({**document, "folder": path.resolve().parent, "file": path.name})
    except ValidationError as error:
        raise Faults([*reserved, *_faults_of(error, path.name)]) from None
    if reserved:
        raise Faults(reserved)
    return settings


def expand_path(text: str, folder: Path) -> str:
    """Put environment variables into a path and make it absolute.

    Parameters
    ----------
    text : str
        As written in the configuration; ``${NAME}`` is an environment variable.
    folder : Path
        Where relative paths start.

    Returns
    -------
    str
        An absolute path, which may still be a glob.

    Raises
    ------
    ConfigError
        If a variable is not set (CX006).
    """

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in os.environ:
            raise ConfigError(
                "CX006", text, f"the environment variable {name} is not set.", f"Set {name}, or write the path out."
            )
        return os.environ[name]

    return str(folder / re.sub(r"\$\{(\w+)\}", value_of, text))


def _faults_of(error: ValidationError, file: str) -> list[ConfigError]:
    return [_fault_of(item, file) for item in error.errors(include_url=False, include_context=False)]


def _fault_of(item: Any, file: str) -> ConfigError:
    where = [part for part in item["loc"] if not (isinstance(part, str) and part.startswith("function-"))]
    key = ".".join(f"[{part + 1}]" if isinstance(part, int) else str(part) for part in where).replace(".[", "[")
    if item["type"] == "extra_forbidden":
        return ConfigError("CX003", file, f'unknown key "{key}".', _nearest(where))
    if item["type"] == "missing":
        return ConfigError("CX004", file, f'the key "{key}" is missing.', _how_to_add(key))
    message = str(item["msg"]).removeprefix("Value error, ")
    return ConfigError("CX005", file, f'"{key}": {message}.', "Correct the value.")


def _how_to_add(key: str) -> str:
    if key.startswith("sources"):
        table = key.split(".")[1] if "." in key else "revenue"
        return f'Add a source: [[sources.{table}]] path = "...".'
    return "Add it."


def _nearest(where: list[Any]) -> str:
    known = _keys_at(where[:-1])
    close = difflib.get_close_matches(str(where[-1]), known, n=1, cutoff=0.5)
    if close:
        return f'Did you mean "{close[0]}"?'
    return "Keys here: " + ", ".join(known) + "." if known else "Remove it."


def _keys_at(where: list[Any]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in where:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(str(part))
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return sorted(name for name in model.model_fields if name not in ("folder", "file"))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None


def settings_schema() -> dict[str, Any]:
    """JSON Schema of the configuration, for editors.

    Returns
    -------
    dict
        Without the two fields that are no keys.
    """
    schema = Settings.model_json_schema(mode="validation")
    for name in ("folder", "file"):
        schema["properties"].pop(name)
    return schema
