"""``cxlink tag``: the root causes by themselves: apply, lint, review, train, evaluate, discover, reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.consoles import progress_bar, say_messages
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    FormatOption,
    QuietOption,
    SeedOption,
    TableFormat,
    read_day,
)
from cxlink.cli.printing import show
from cxlink.cli.reasons import reasons
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.cli.tag_labels import evaluate, review, train
from cxlink.cli.taxonomies import find_rules
from cxlink.errors import ConfigError, DataError, UsageError

if TYPE_CHECKING:
    from cxlink.handoff import Loaded, Tagged
    from cxlink.settings import Settings
    from cxlink.tag.taxonomy import Taxonomy

app = typer.Typer(
    help="Root causes in comments and tickets: apply, lint, review, train, evaluate, discover, reasons.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
ExplainOption = Annotated[
    str | None, typer.Option("--explain", help="Follow one comment from its letters to its tags.", metavar="TEXT")
]
TaxonomyArgument = Annotated[
    str | None, typer.Argument(help="File or folder, or the name of a shipped one; default: the configuration's.")
]


@app.command("apply")
def apply(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    explain: ExplainOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Count tags by cause and language; as CSV or JSON every record and tag; or explain one comment."""
    from cxlink.in_depth.tags import add_languages, count_tags, list_tags, read_records, share_with_tag
    from cxlink.report.tag_sections import build_apply_sections

    if explain is not None:
        _explain(explain, config, form)
        return
    with _tagged(config, as_of, quiet=quiet) as (settings, rules, loaded, tagged):
        records = add_languages(read_records(loaded), loaded, rules)
    say_messages(tagged.messages, quiet=quiet)
    if form in ("csv", "json"):
        _refuse_public(settings, "tag apply")
        told = list_tags(records, tagged)
        as_json = form == "json"
        sys.stdout.write(
            told.to_json(orient="records", indent=2, force_ascii=False) + "\n"
            if as_json
            else told.to_csv(index=False, lineterminator="\n")
        )
        return
    shares = {table: share_with_tag(records, tagged, table) for table in ("feedback", "tickets")}
    show(build_apply_sections(count_tags(records, tagged), shares), form)


@app.command("lint")
def lint(
    taxonomy: TaxonomyArgument = None,
    config: ConfigOption = DEFAULT_CONFIG,
    form: FormatOption = "table",
) -> None:
    """Try a taxonomy on its own examples and patterns; exits with 78 if there is an error."""
    from cxlink.report.tag_sections import build_lint_sections
    from cxlink.tag.lint import lint_taxonomy

    rules = find_rules(config, taxonomy)
    findings = lint_taxonomy(rules)
    show(build_lint_sections(rules, findings), form)
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        count = f"has {errors} error{'s' if errors > 1 else ''}."
        raise ConfigError("CX304", taxonomy or "the taxonomy", count, "Mend the patterns that are listed.")


app.command("review")(review)
app.command("evaluate")(evaluate)
app.command("train")(train)


@app.command("discover")
def discover(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    themes: Annotated[int, typer.Option("--themes", min=1, max=50, help="About how many.")] = 10,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Show themes in the words that no tag covers; nothing is added to the taxonomy, and none has a price."""
    from cxlink.in_depth.tags import month_number, untagged_texts
    from cxlink.report.tag_sections import build_theme_sections
    from cxlink.stats import EstimationError
    from cxlink.tag.discover import find_themes

    with _tagged(config, as_of, quiet=quiet) as (settings, _, loaded, tagged):
        _refuse_public(settings, "tag discover")
        records = untagged_texts(loaded, tagged)
        last = month_number(loaded.observed_to)
        chosen = settings.project.seed if seed is None else seed
    texts = records["text"].tolist()
    try:
        found = find_themes(texts, records["month"].to_numpy(), last_month=last, n_themes=themes, seed=chosen)
    except EstimationError as error:
        raise DataError(
            "CX307", "themes", f"{error.reason}.", "Nothing to do: the taxonomy covers the rest."
        ) from error
    show(build_theme_sections(found, texts, records["record_id"].tolist()), form)


app.command("reasons")(reasons)


def _refuse_public(settings: Settings, command: str) -> None:
    if settings.report.audience == "published":
        remedy = 'Set audience = "internal" under [report].'
        raise UsageError("CX018", command, "shows single records and their words.", remedy)


def _explain(text: str, config: Path, form: TableFormat) -> None:
    from cxlink.report.tag_sections import build_explanation_sections
    from cxlink.tag.language import detect_language
    from cxlink.tag.match import build_tagger

    rules = find_rules(config)
    words = sys.stdin.read() if text == "-" else text
    language = detect_language(words, [one.code for one in rules.languages])
    show(build_explanation_sections(words, language, build_tagger(rules).explain(words), rules), form)


@contextmanager
def _tagged(config: Path, as_of: str | None, *, quiet: bool) -> Iterator[tuple[Settings, Taxonomy, Loaded, Tagged]]:
    from cxlink.pipeline import load_and_tag, read_rules
    from cxlink.settings import read_settings

    settings = read_settings(config)
    cut_off = read_day(as_of)
    rules = read_rules(settings)
    engine = open_engine_for(settings)
    try:
        with progress_bar(quiet=quiet) as progress:
            loaded, tagged = load_and_tag(
                settings, engine=engine, as_of=cut_off, progress=progress, state=state_folder(settings)
            )
        yield settings, rules, loaded, tagged
    finally:
        engine.close()
