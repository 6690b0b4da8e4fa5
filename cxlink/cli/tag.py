"""``cxlink tag``: the root causes by themselves: apply, lint, review, train, evaluate, discover, reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.consoles import progress_bar, say, say_messages
from cxlink.cli.linked import linked_data
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
from cxlink.errors import CannotCreateError, ConfigError, DataError, UsageError

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


@app.command("review")
def review(
    out: Annotated[Path, typer.Option("--out", help="Sheet to write; with --read, labels as CSV.", metavar="FILE")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    customers: Annotated[int, typer.Option("--customers", min=1, help="About how many customers to draw.")] = 150,
    read: Annotated[
        list[Path] | None,
        typer.Option("--read", help="Filled-in sheet, one a person; repeatable.", metavar="FILE"),
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Who filled it in, one a sheet; default: the file's name.")
    ] = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Draw customers whose records people read, as a sheet; or read filled-in sheets back into labels."""
    if read:
        _read_back(read, by or [path.stem for path in read], out, config, seed, form)
        return
    from cxlink.in_depth.labels import draw_records
    from cxlink.pipeline import read_rules, start_draws
    from cxlink.report.label_book import label_book

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        rules = read_rules(settings)
        rng = start_draws(settings, seed, len(data.linked.customers)).for_labels
        sample = draw_records(data, rules, n_customers=customers, rng=rng)
    _write(out, label_book(sample.records, rules))
    say(
        f"{out}: {len(sample.records):,} records of {sample.drawn:,} customers, of {sample.customers:,} with words.",
        quiet=quiet,
    )


@app.command("evaluate")
def evaluate(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Compare tags with your labels: precision, recall and F1 by component, cause, language and month."""
    from cxlink.in_depth.evaluate import read_labels
    from cxlink.pipeline import read_rules, start_draws
    from cxlink.report.tag_sections import build_evaluation_sections, evaluation_table
    from cxlink.stats import EstimationError
    from cxlink.tag.evaluate import evaluate_tags

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        rng = start_draws(settings, seed, len(data.linked.customers)).for_labels
        labelled = read_labels(data.loaded, data.tagged, read_rules(settings))
    if labelled is None:
        remedy = "Draw some with cxlink tag review, and name them under [[sources.labels]]."
        raise DataError("CX306", "labels", "there is no label of a record that matches a customer.", remedy)
    try:
        told = evaluate_tags(labelled, rng=rng)
    except EstimationError as error:
        raise DataError("CX306", "labels", f"{error.reason}.", "Label records of more customers.") from error
    if form == "csv":
        sys.stdout.write(evaluation_table(told).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(evaluation_table(told).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_evaluation_sections(told), form)


@app.command("train")
def train(
    out: Annotated[Path, typer.Option("--out", help="File to write, such as tags.json.gz.", metavar="FILE")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Train a classifier on your labels, and show how right it is on customers that it did not learn from."""
    from cxlink.in_depth.evaluate import read_labels
    from cxlink.pipeline import read_embeddings, read_rules, start_draws
    from cxlink.report.tag_sections import build_training_sections
    from cxlink.stats import EstimationError
    from cxlink.tag.classifier_file import write_classifier
    from cxlink.tag.evaluate import train_on_labelled

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        rng = start_draws(settings, seed, len(data.linked.customers)).for_labels
        rules, embedder = read_rules(settings), read_embeddings(settings)
        labelled = read_labels(data.loaded, data.tagged, rules)
        day = data.loaded.observed_to.isoformat()
    if labelled is None:
        remedy = "Draw some with cxlink tag review, and name them under [[sources.labels]]."
        raise DataError("CX306", "labels", "there is no label of a record that matches a customer.", remedy)
    chosen = settings.project.seed if seed is None else seed
    try:
        told = train_on_labelled(labelled, rules, seed=chosen, trained_on=day, rng=rng, embedder=embedder)
    except EstimationError as error:
        raise DataError("CX306", "labels", f"{error.reason}.", "Label records of more customers.") from error
    try:
        write_classifier(told.classifier, out)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotCreateError("CX021", str(out), f"cannot be written ({reason}).", "Name another --out.") from error
    show(build_training_sections(told), form)
    say(f'{out}: name it under [taxonomy] as classifier = "{out.name}".', quiet=quiet)


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
        if settings.report.audience == "published":
            remedy = 'Set audience = "internal" under [report].'
            raise UsageError("CX018", "tag discover", "shows single records and their words.", remedy)
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


def _read_back(
    paths: Sequence[Path], people: Sequence[str], out: Path, config: Path, seed: int | None, form: TableFormat
) -> None:
    import numpy as np

    from cxlink.in_depth.labels import labels_table
    from cxlink.report.tag_sections import build_label_sections
    from cxlink.tag.agreement import measure_agreement
    from cxlink.tag.label_sheet import read_label_sheet

    if len(people) != len(paths) or len(set(people)) != len(people):
        raise UsageError("CX019", "--by", "names must be one a sheet, all different.", "Repeat --by for each --read.")
    rules = _rules(config, None)
    read = [read_label_sheet(path, rules, labelled_by=person) for path, person in zip(paths, people, strict=True)]
    records = [record for found, _ in read for record in found]
    _write(out, labels_table(records).to_csv(index=False, lineterminator="\n").encode("utf-8"))
    agreement = measure_agreement(records, rng=np.random.default_rng(seed or 0))
    show(build_label_sections(records, sum(unread for _, unread in read), agreement), form)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotCreateError("CX021", str(path), f"cannot be written ({reason}).", "Name another --out.") from error


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
