"""What a profile says about an export: the shape of the files in ``exports/``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cxlink.settings import SourceSettings


def _as_spec(value: Any) -> Any:
    return {"from": value if isinstance(value, list) else [value]} if isinstance(value, str | list) else value


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class HeaderTest(_Data):
    """Which columns tell the export: all of `must`, one of each group of `any_of`, none of `none_of`."""

    rows: int = 1
    must: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    none_of: tuple[str, ...] = ()
    sheet: str | None = None


class ColumnChoice(_Data):
    """The export's names for a canonical column, the preferred one first, and why."""

    names: tuple[str, ...] = Field(alias="from")
    why: str = ""
    why_not: str = ""
    not_with: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="column: words that forbid the use")

    @classmethod
    def of(cls, name: str, why: str = "") -> ColumnChoice:
        """Choose one column.

        Parameters
        ----------
        name : str
            As in the header.
        why : str
            For the comment.

        Returns
        -------
        ColumnChoice
            Without alternatives.
        """
        return cls.model_validate({"from": [name], "why": why})


class WordList(_Data):
    """Words of one of the export's columns, and why they count or not."""

    words: tuple[str, ...]
    why: str = ""


class SettingChoice(_Data):
    """A setting of the source, and why; `where` names a column that must be there."""

    value: str | int = Field(alias="is")
    why: str = ""
    where: str = ""


class Feed(_Data):
    """One canonical table that the export feeds."""

    table: str
    columns: dict[str, Annotated[ColumnChoice, BeforeValidator(_as_spec)]] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    settings: dict[str, SettingChoice] = Field(default_factory=dict)
    keep: dict[str, WordList] = Field(default_factory=dict)
    exclude: dict[str, WordList] = Field(default_factory=dict)
    query: str = ""
    input: str = "rows"
    only_without: tuple[str, ...] = ()
    questions: bool = False
    remarks: tuple[str, ...] = ()


class Unlock(_Data):
    """A further export of the same vendor, and what it gives."""

    export: str
    gives: str
    profile: str = ""


class Profile(_Data):
    """One export of one vendor."""

    id: str
    name: str
    vendor: str
    export: str
    unverified: str = ""
    business: str = ""
    yields_to: tuple[str, ...] = ()
    header: HeaderTest
    feeds: tuple[Feed, ...]
    known: tuple[str, ...] = Field(
        default=(), description="further columns that the export has and that are no question"
    )
    traps: tuple[str, ...] = ()
    unlocks: tuple[Unlock, ...] = ()


SETTING_KEYS = frozenset(SourceSettings.model_fields) - {
    "path",
    "query",
    "inputs",
    "columns",
    "values",
    "keep",
    "exclude",
}
