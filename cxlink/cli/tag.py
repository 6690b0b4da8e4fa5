"""``cxlink tag``: the root causes by themselves: apply, lint, review, train, evaluate, discover."""

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
    TableFormat,
    read_day,
)
from cxlink.cli.printing import show
from cxlink.cli.state import open_engine_for, state_folder
from cxlink.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from cxlink.handoff import Loaded, Tagged
    from cxlink.settings import Settings
    from cxlink.tag.taxonomy import Taxonomy

app = typer.Typer(
    help="Root causes in comments and tickets: apply, lint, review, train, evaluate, discover.",
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
    from cxlink.in_depth.tags import count_tags, list_tags, read_records, share_with_tag
    from cxlink.report.tag_sections import build_apply_sections

    if explain is not None:
        _explain(explain, config, form)
        return
    with _tagged(config, as_of, quiet=quiet) as (settings, rules, loaded, tagged):
        records = read_records(loaded, rules)
    say_messages(tagged.messages, quiet=quiet)
    if form in ("csv", "json"):
        if settings.report.audience == "published":
            remedy = 'Set audience = "internal" under [report].'
            raise UsageError("CX018", "tag apply", "shows single records and their words.", remedy)
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

    rules = _rules(config, taxonomy)
    findings = lint_taxonomy(rules)
    show(build_lint_sections(rules, findings), form)
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        count = f"has {errors} error{'s' if errors > 1 else ''}."
        raise ConfigError("CX304", taxonomy or "the taxonomy", count, "Mend the patterns that are listed.")


def _explain(text: str, config: Path, form: TableFormat) -> None:
    from cxlink.report.tag_sections import build_explanation_sections
    from cxlink.tag.language import detect_language
    from cxlink.tag.match import build_tagger

    rules = _rules(config, None)
    words = sys.stdin.read() if text == "-" else text
    language = detect_language(words, [one.code for one in rules.languages])
    show(build_explanation_sections(words, language, build_tagger(rules).explain(words), rules), form)


def _rules(config: Path, named: str | None) -> Taxonomy:
    """The taxonomy that is named, else the configuration's, else, without a configuration, the shipped one."""
    from cxlink.pipeline import read_rules
    from cxlink.settings import read_settings
    from cxlink.tag.read_taxonomy import read_taxonomy, shipped_names

    if named is not None:
        return read_taxonomy(shipped=named) if named in shipped_names() else read_taxonomy(named)
    if config == DEFAULT_CONFIG and not config.exists():
        return read_taxonomy()
    return read_rules(read_settings(config))


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
