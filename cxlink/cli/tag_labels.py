"""``cxlink tag review``, ``evaluate`` and ``train``: what people say of records, and what it tells of the tagger."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxlink.cli.consoles import say
from cxlink.cli.linked import linked_data
from cxlink.cli.options import (
    DEFAULT_CONFIG,
    AsOfOption,
    ConfigOption,
    FormatOption,
    QuietOption,
    SeedOption,
    TableFormat,
)
from cxlink.cli.printing import show
from cxlink.cli.taxonomies import find_rules
from cxlink.errors import CannotCreateError, DataError, UsageError

if TYPE_CHECKING:
    import numpy as np

    from cxlink.settings import Settings
    from cxlink.tag.evaluate import LabelledRecords
    from cxlink.tag.taxonomy import Taxonomy


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
    with _named_where_not_written(out):
        out.write_bytes(label_book(sample.records, rules))
    say(
        f"{out}: {len(sample.records):,} records of {sample.drawn:,} customers, of {sample.customers:,} with words.",
        quiet=quiet,
    )


def evaluate(
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Compare tags with your labels: precision, recall and F1 by component, cause, language and month."""
    from cxlink.report.tag_evaluation import build_evaluation_sections, evaluation_table
    from cxlink.tag.evaluate import evaluate_tags

    read = _read_labelled(config, as_of, seed, quiet=quiet)
    with _few_labels_told():
        told = evaluate_tags(read.records, rng=read.rng)
    if form == "csv":
        sys.stdout.write(evaluation_table(told).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        sys.stdout.write(evaluation_table(told).to_json(orient="records", indent=2) + "\n")
    else:
        show(build_evaluation_sections(told), form)


def train(
    out: Annotated[Path, typer.Option("--out", help="File to write, such as tags.json.gz.", metavar="FILE")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    form: FormatOption = "table",
    quiet: QuietOption = False,
) -> None:
    """Train a classifier on your labels, and show how right it is on customers that it did not learn from."""
    from cxlink.pipeline import read_embeddings
    from cxlink.report.tag_evaluation import build_training_sections
    from cxlink.tag.classifier_file import write_classifier
    from cxlink.tag.evaluate import train_on_labelled

    read = _read_labelled(config, as_of, seed, quiet=quiet)
    embedder = read_embeddings(read.settings)
    chosen = read.settings.project.seed if seed is None else seed
    with _few_labels_told():
        told = train_on_labelled(
            read.records, read.rules, seed=chosen, trained_on=read.day, rng=read.rng, embedder=embedder
        )
    with _named_where_not_written(out):
        write_classifier(told.classifier, out)
    show(build_training_sections(told), form)
    say(f'{out}: name it under [taxonomy] as classifier = "{out.name}".', quiet=quiet)


@dataclass(frozen=True, slots=True)
class _Read:
    """Labels beside tags, and what they are evaluated and learnt with; ``day`` is the cut-off."""

    settings: Settings
    rules: Taxonomy
    records: LabelledRecords
    rng: np.random.Generator
    day: str


def _read_labelled(config: Path, as_of: str | None, seed: int | None, *, quiet: bool) -> _Read:
    from cxlink.in_depth.evaluate import read_labels
    from cxlink.pipeline import read_rules, start_draws

    with linked_data(config, as_of, quiet=quiet) as (settings, data):
        rules = read_rules(settings)
        rng = start_draws(settings, seed, len(data.linked.customers)).for_labels
        records = read_labels(data.loaded, data.tagged, rules)
        day = data.loaded.observed_to.isoformat()
    if records is None:
        remedy = "Draw some with cxlink tag review, and name them under [[sources.labels]]."
        raise DataError("CX306", "labels", "there is no label of a record that matches a customer.", remedy)
    return _Read(settings, rules, records, rng, day)


@contextmanager
def _few_labels_told() -> Iterator[None]:
    from cxlink.stats import EstimationError

    try:
        yield
    except EstimationError as error:
        raise DataError("CX306", "labels", f"{error.reason}.", "Label records of more customers.") from error


@contextmanager
def _named_where_not_written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotCreateError("CX021", str(path), f"cannot be written ({reason}).", "Name another --out.") from error


def _read_back(
    paths: Sequence[Path], people: Sequence[str], out: Path, config: Path, seed: int | None, form: TableFormat
) -> None:
    import numpy as np

    from cxlink.in_depth.labels import labels_table
    from cxlink.report.tag_evaluation import build_label_sections
    from cxlink.tag.agreement import measure_agreement
    from cxlink.tag.label_sheet import read_label_sheet

    if len(people) != len(paths) or len(set(people)) != len(people):
        raise UsageError("CX019", "--by", "names must be one a sheet, all different.", "Repeat --by for each --read.")
    rules = find_rules(config)
    read = [read_label_sheet(path, rules, labelled_by=person) for path, person in zip(paths, people, strict=True)]
    records = [record for found, _ in read for record in found]
    with _named_where_not_written(out):
        out.write_bytes(labels_table(records).to_csv(index=False, lineterminator="\n").encode("utf-8"))
    agreement = measure_agreement(records, rng=np.random.default_rng(seed or 0))
    show(build_label_sections(records, sum(unread for _, unread in read), agreement), form)
