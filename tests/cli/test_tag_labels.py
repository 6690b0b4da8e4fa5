"""From a sheet of drawn records, filled in by two people, to labels and to how right the tags are."""

from __future__ import annotations

import csv
import io
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from cxlink.cli.app import app
from cxlink.errors import ConfigError, CxlinkError
from cxlink.simulate import simulate
from cxlink.tag.draw_customers import draw_for_labels
from cxlink.tag.match import build_tagger
from cxlink.tag.read_taxonomy import read_taxonomy
from tests.tag.tiny_model import needs_packages, write_model

WRONG_BY_BOB = 7
"""Every so many of Bob's records he takes for a crash."""


def run_here(*arguments: str) -> str:
    target = io.StringIO()
    with redirect_stdout(target):
        app(args=["tag", *arguments], prog_name="cxlink", standalone_mode=False)
    return target.getvalue()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, customers=250, seed=5, scenario="base", with_effects=False)
    return folder


@pytest.fixture(scope="module")
def sheet(company: Path) -> list[list[str]]:
    path = company / "labels.xlsx"
    run_here("review", "--config", str(company / "cxlink.toml"), "--out", str(path), "--customers", "40", "--quiet")
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in rows]


def fill(company: Path, sheet: list[list[str]], person: str, wrong_every: int = 0) -> Path:
    """What the rules would say, with mistakes."""
    tagger = build_tagger(read_taxonomy())
    path = company / f"{person}.csv"
    first = sheet[0].index("cause 1")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet[0])
        for number, row in enumerate(sheet[1:], start=1):
            tags = tagger.tag(row[sheet[0].index("text")])
            causes = [f"{tag.component}.{tag.cause}" for tag in tags if tag.is_complaint][:3] or ["none"]
            if wrong_every and number % wrong_every == 0:
                causes = ["app.crash"]
            writer.writerow([*row[:first], *causes, *[""] * (3 - len(causes)), *row[first + 3 :]])
    return path


@pytest.fixture(scope="module")
def labelled(company: Path, sheet: list[list[str]]) -> Path:
    ann, bob = fill(company, sheet, "ann"), fill(company, sheet, "bob", WRONG_BY_BOB)
    out = company / "labels.csv"
    config = str(company / "cxlink.toml")
    told = run_here("review", "--config", config, "--read", str(ann), "--read", str(bob), "--out", str(out))
    assert "Agreement" in told
    text = (company / "cxlink.toml").read_text(encoding="utf-8")
    with_labels = company / "with_labels.toml"
    with_labels.write_text(f'{text}\n[[sources.labels]]\npath = "labels.csv"\n', encoding="utf-8")
    return with_labels


def test_the_sheet_holds_all_records_of_each_customer_and_one_probability(sheet: list[list[str]]) -> None:
    at = {name: place for place, name in enumerate(sheet[0])}
    by_customer: dict[str, set[str]] = {}
    for row in sheet[1:]:
        by_customer.setdefault(row[at["customer"]], set()).add(row[at["probability"]])
        assert row[at["text"]].strip()
        assert 0.0 < float(row[at["probability"]]) <= 1.0
    assert 20 < len(by_customer) < 60
    assert all(len(found) == 1 for found in by_customer.values())
    assert [row[at["customer"]] for row in sheet[1:]] == sorted((row[at["customer"]] for row in sheet[1:]), key=float)


def test_labels_are_the_canonical_table(labelled: Path) -> None:
    with (labelled.parent / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["record_id", "table", "component", "cause", "labelled_by", "probability"]
    assert {row["labelled_by"] for row in rows} == {"ann", "bob"}
    assert "none" in {row["component"] for row in rows}


def test_tags_that_are_the_labels_are_all_right_but_for_the_mistakes(labelled: Path) -> None:
    told = list(
        csv.DictReader(io.StringIO(run_here("evaluate", "--config", str(labelled), "--format", "csv", "--quiet")))
    )
    micro = {
        row["measure"]: float(row["point"]) for row in told if (row["level"], row["name"]) == ("component", "micro")
    }
    # a cause is true if half of two people name it: Bob's mistakes add crashes that nobody tagged
    assert micro["recall"] < 1.0
    assert micro["recall"] > 1 - 1.5 / WRONG_BY_BOB
    alphas = [float(row["point"]) for row in told if row["measure"] == "alpha" and row["point"]]
    assert max(alphas) > 0.8
    assert all(row["reason"] or row["point"] for row in told)


def test_without_labels_it_says_how_to_get_some(company: Path) -> None:
    with pytest.raises(CxlinkError, match="cxlink tag review") as caught:
        run_here("evaluate", "--config", str(company / "cxlink.toml"), "--quiet")
    assert str(caught.value).startswith("CX306")


def test_every_fault_of_a_sheet_is_told_with_its_row(company: Path, sheet: list[list[str]], tmp_path: Path) -> None:
    first = sheet[0].index("cause 1")
    rows = [list(row) for row in sheet[:7]]
    rows[1][first] = "billing.overcarge"
    rows[2][first : first + 2] = ["none", "app.crash"]
    rows[3][first], rows[3][-1] = "none", "2"
    rows[4][first], rows[4][1] = "none", ""
    rows[5][first] = "none"
    rows[6] = list(rows[5])
    path = tmp_path / "filled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(ConfigError) as caught:
        run_here(
            "review", "--config", str(company / "cxlink.toml"), "--read", str(path), "--out", str(tmp_path / "l.csv")
        )
    assert caught.value.code == "CX305"
    for said in (
        "row 2: 'billing.overcarge'",
        "row 3: none stands",
        "row 4: prob",
        "row 5: record_id",
        "row 7: the record",
    ):
        assert said in caught.value.message
    assert not (tmp_path / "l.csv").exists()


def test_names_and_folders_that_do_not_fit(company: Path, sheet: list[list[str]], tmp_path: Path) -> None:
    config, path = str(company / "cxlink.toml"), str(fill(company, sheet, "eve"))
    with pytest.raises(CxlinkError, match="CX019"):
        run_here(
            "review", "--config", config, "--read", path, "--by", "a", "--by", "b", "--out", str(tmp_path / "l.csv")
        )
    with pytest.raises(CxlinkError, match="CX021"):
        run_here("review", "--config", config, "--read", path, "--out", str(tmp_path / "no" / "folder" / "l.csv"))


def test_probabilities_are_those_with_which_customers_are_drawn() -> None:
    rng = np.random.default_rng(1)
    left, in_doubt = rng.random(400) < 0.2, rng.random(400) < 0.5
    drawn = np.array([draw_for_labels(left, in_doubt, n=100, rng=rng).drawn for _ in range(2000)])
    probability = draw_for_labels(left, in_doubt, n=100, rng=rng).probability
    # four standard errors of 2,000 draws
    assert np.abs(drawn.mean(axis=0) - probability).max() < 4 * np.sqrt(0.25 / 2000)
    assert probability.min() >= 0.3 * 100 / 400
    assert probability[left & in_doubt].min() > 2 * probability[~left & ~in_doubt].max()
    assert 85 < probability.sum() <= 100


def test_more_customers_than_there_are_means_all() -> None:
    sample = draw_for_labels(np.array([True, False]), np.array([False, False]), n=5, rng=np.random.default_rng(1))
    assert sample.drawn.all()
    assert (sample.probability == 1.0).all()
    nearly = draw_for_labels(np.arange(10) < 1, np.zeros(10, dtype=bool), n=9, rng=np.random.default_rng(1))
    assert nearly.probability.max() <= 1.0


def test_a_classifier_is_trained_named_and_used(labelled: Path) -> None:
    out = labelled.parent / "tags.json.gz"
    told = run_here("train", "--config", str(labelled), "--out", str(out), "--quiet")
    assert "customers it did not learn from" in " ".join(told.split())
    assert "Left to the rules" in told
    text = labelled.read_text(encoding="utf-8")
    config = labelled.parent / "learned.toml"
    config.write_text(f'{text}\n[taxonomy]\nclassifier = "tags.json.gz"\n', encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(run_here("apply", "--config", str(config), "--format", "csv", "--quiet"))))
    assert {row["source"] for row in rows} <= {"given", "text", "tags", "classifier"}
    out.write_bytes(b"{}")
    with pytest.raises(ConfigError, match="CX303"):
        run_here("apply", "--config", str(config), "--quiet")


@needs_packages
def test_embeddings_are_used_by_train_and_apply_and_must_be_those_of_the_training(labelled: Path) -> None:
    folder = labelled.parent
    words = {"late": (1.0, 0.0), "invoice": (0.0, 1.0), "app": (0.5, -1.0), "parcel": (1.0, 0.2)}
    write_model(folder / "tiny", words)
    text = labelled.read_text(encoding="utf-8")
    config = folder / "embedded.toml"
    config.write_text(f'{text}\n[taxonomy]\nembeddings = "tiny"\n', encoding="utf-8")
    run_here("train", "--config", str(config), "--out", str(folder / "embedded.json"), "--quiet")
    named = f'{text}\n[taxonomy]\nclassifier = "embedded.json"\n'
    config.write_text(f'{named}embeddings = "tiny"\n', encoding="utf-8")
    assert "classifier" in run_here("apply", "--config", str(config), "--format", "csv", "--quiet")
    config.write_text(named, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"CX303 .*names none"):
        run_here("apply", "--config", str(config), "--quiet")
    write_model(folder / "tiny", {**words, "late": (0.9, 0.0)})
    config.write_text(f'{named}embeddings = "tiny"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"CX303 .*another model"):
        run_here("apply", "--config", str(config), "--quiet")
    config.write_text(f'{named}embeddings = "nowhere"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"CX309 .*nowhere"):
        run_here("apply", "--config", str(config), "--quiet")
