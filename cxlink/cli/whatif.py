"""``cxlink whatif``: what a change would bring, before it is made."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cxlink.cli.consoles import progress_bar, say_messages
from cxlink.cli.linked import linked_data
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    FormatOption,
    QuietOption,
    SeedOption,
)
from cxlink.cli.printing import show
from cxlink.errors import UsageError

if TYPE_CHECKING:
    from cxlink.settings import ChangeSettings, Settings

Aim = Literal["mean", "worst-fifth"]
ChangeOption = Annotated[
    list[str] | None, typer.Option("--change", help="A change of the configuration; several may be given.")
]
ComponentOption = Annotated[str | None, typer.Option("--component", help="A component to change.")]
CauseOption = Annotated[str | None, typer.Option("--cause", help="Only incidents of this cause.")]
ReduceOption = Annotated[
    str | None, typer.Option("--reduce", help="Share of incidents removed: 0.3, or 0.2,0.3,0.4; below 0: more.")
]
CostOption = Annotated[float, typer.Option("--cost", min=0, help="What it costs once.")]
CostMonthOption = Annotated[float, typer.Option("--cost-per-month", min=0, help="What it costs a month.")]
SavingOption = Annotated[float, typer.Option("--saving-per-month", min=0, help="What it saves a month by itself.")]
RampOption = Annotated[int, typer.Option("--ramp-months", min=0, help="Months until it works in full.")]
AdoptionOption = Annotated[float, typer.Option("--adoption", min=0, max=1, help="Share of customers it reaches.")]
VoucherOption = Annotated[
    float | None, typer.Option("--voucher", min=0.01, help="Given after each incident, instead of --reduce.")
]
ReliefOption = Annotated[
    str | None, typer.Option("--relief", help="Share of the harm a voucher takes away: 0.4, or 0.2,0.4,0.6.")
]
CapOption = Annotated[float | None, typer.Option("--cap", min=0.01, help="Most that vouchers may cost a month.")]
BudgetOption = Annotated[
    float | None, typer.Option("--budget", min=0, help="Choose among the changes within this amount.")
]
AimOption = Annotated[Aim | None, typer.Option("--aim", help="Of the budget: best on average, or in the worst fifth.")]


def whatif(
    config: ConfigOption = DEFAULT_CONFIG,
    change: ChangeOption = None,
    component: ComponentOption = None,
    cause: CauseOption = None,
    reduce: ReduceOption = None,
    cost: CostOption = 0.0,
    cost_per_month: CostMonthOption = 0.0,
    saving_per_month: SavingOption = 0.0,
    ramp_months: RampOption = 0,
    adoption: AdoptionOption = 1.0,
    voucher: VoucherOption = None,
    relief: ReliefOption = None,
    cap: CapOption = None,
    budget: BudgetOption = None,
    aim: AimOption = None,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Tell what a change would bring before it is made, and which to take within a budget."""
    from cxlink.settings import read_settings

    given = read_settings(config)
    asked = _own(component, cause, reduce, voucher, relief, cap)
    if asked is not None:
        money = {"one_off": cost, "per_month": cost_per_month}
        asked |= {"cost": money, "saving": {"per_month": saving_per_month}}
        asked |= {"ramp_months": ramp_months, "adoption": adoption}
    changes = _choose(given, change or [], asked)
    spend = budget if budget is not None else given.finance.budget
    if not changes:
        _list(config, as_of, form, quiet=quiet, lacks_changes=budget is not None)
        return
    _tell(
        config,
        changes,
        # a question about single changes is no question about the budget
        budget=spend if asked is None and not change else budget,
        aim=(aim or given.finance.budget_aim).replace("-", " "),
        as_of=as_of,
        seed=seed,
        form=form,
        quiet=quiet,
    )


def _tell(
    config: ConfigOption,
    changes: tuple[ChangeSettings, ...],
    *,
    budget: float | None,
    aim: str,
    as_of: str | None,
    seed: int | None,
    form: FormatOption,
    quiet: bool,
) -> None:
    from cxlink.in_depth.changes import decide_changes_alone
    from cxlink.report.change_results import changes_json, changes_table
    from cxlink.report.change_sections import build_answer_sections

    with linked_data(config, as_of, quiet=quiet) as (settings, data), progress_bar(quiet=quiet) as progress:
        found = decide_changes_alone(settings, data, changes, budget=budget, aim=aim, seed=seed, progress=progress)
    say_messages((*data.messages, *found.messages), quiet=quiet)
    currency, months = settings.project.currency, settings.model.horizon_months
    if form == "csv":
        table = changes_table(found, currency=currency, months=months)
        sys.stdout.write(table.to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(changes_json(found, currency=currency, months=months))
    else:
        show(build_answer_sections(found, currency=currency, months=months), form)


def _list(config: ConfigOption, as_of: str | None, form: FormatOption, *, quiet: bool, lacks_changes: bool) -> None:
    from cxlink.report.change_sections import build_question_section

    if lacks_changes:
        raise UsageError("CX588", "--budget", "there are no changes to choose from.", "Write [[changes]].")
    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        section = build_question_section(
            data.linked, currency=settings.project.currency, published=settings.report.audience == "published"
        )
    say_messages(data.messages, quiet=quiet)
    show([section], form)


def _own(
    component: str | None,
    cause: str | None,
    reduce: str | None,
    voucher: float | None,
    relief: str | None,
    cap: float | None,
) -> dict[str, object] | None:
    """The change that the options describe."""
    if component is None:
        if any(one is not None for one in (cause, reduce, voucher, relief, cap)):
            raise UsageError("CX588", "--component", "is missing.", "Say which component's incidents change.")
        return None
    asked: dict[str, object] = {"name": f"{component} (asked)", "component": component, "cause": cause}
    if voucher is not None:
        if reduce is not None or relief is None:
            raise UsageError("CX588", "--voucher", "needs --relief, and no --reduce.", "Add --relief 0.2,0.4,0.6.")
        asked["recovery"] = {"voucher": voucher, "per_month_cap": cap, "relief": _range("--relief", relief)}
    elif reduce is not None:
        asked["reduce"] = _range("--reduce", reduce)
    else:
        raise UsageError(
            "CX588", "--component", "does not say by how much its incidents change.", "Add --reduce 0.3, for instance."
        )
    return asked


def _range(option: str, text: str) -> dict[str, float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 1:
        numbers = numbers * 3
    if len(numbers) != 3:
        raise UsageError("CX588", option, "is neither a number nor three.", "Write 0.3, or 0.2,0.3,0.4.")
    return dict(zip(("low", "likely", "high"), numbers, strict=True))


def _choose(given: Settings, names: list[str], asked: dict[str, object] | None) -> tuple[ChangeSettings, ...]:
    """Changes that are asked about: those named and the one of the options; else all of the configuration."""
    from pydantic import ValidationError

    from cxlink.settings import ChangeSettings

    known = {one.name: one for one in given.changes}
    unknown = [name for name in names if name not in known]
    if unknown:
        there = ", ".join(known) or "none"
        raise UsageError("CX588", "--change", f'the configuration has no change "{unknown[0]}".', f"It has: {there}.")
    if not names and asked is None:
        return given.changes
    found = tuple(known[name] for name in names)
    if asked is None:
        return found
    try:
        return (*found, ChangeSettings.model_validate(asked))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the change"
        message = str(fault["msg"]).removeprefix("Value error, ")
        raise UsageError("CX588", place, f"{message}.", "Correct the value.") from None
