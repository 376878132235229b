"""The commands shown at the end can be typed as they are shown."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lstmgen.cli.next_commands import model_argument, next_commands
from lstmgen.cli.training_messages import baseline_comparison, summary_lines, table_header
from lstmgen.modelfile import ModelFile
from lstmgen.training.events import Finished
from lstmgen.training.ngram_baseline import NgramBaseline


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("models/story.npz", "story"),
        ("story.npz", "story.npz"),
        ("models/my tale.npz", "'my tale'"),
        ("é/日本.npz", "'é/日本.npz'"),
        ("a\nb\x1b[31m.npz", "$'a\\x0ab\\x1b\\x5b31m.npz'"),
        ("bad\udcff'.npz", "$'bad\\xff\\x27.npz'"),
    ],
)
def test_a_name_is_quoted_for_a_shell(path: str, typed: str) -> None:
    assert model_argument(Path(path)) == typed
    assert typed in next_commands(Path(path), 20.0, lines=False)[0]
    if shutil.which("bash"):
        read = subprocess.run(["bash", "-c", f"printf %s {typed}"], capture_output=True, check=True).stdout
        assert os.fsdecode(read) in (path, Path(path).stem)


@pytest.mark.parametrize(
    ("split", "bits", "mark", "said"),
    [
        (
            9_000,
            2.168,
            2.188,
            " A 7-gram baseline, which only counts, needs 2.188: this model is better by 0.020.",
        ),
        (
            9_000,
            2.2,
            2.188,
            " A 7-gram baseline, which only counts, needs 2.188: this model is worse by 0.012. What helps: more text, "
            "--level word for a text this short.",
        ),
        (
            9_000,
            2.1882,
            2.1878,
            " A 7-gram baseline, which only counts, needs 2.188: this model is equally good.",
        ),
        (
            9_999,
            2.0,
            2.188,
            " A 7-gram baseline, which only counts in the last 9,000 tokens, needs 2.188: this model is better "
            "by 0.188.",
        ),
        (9_000, 2.0, None, None),
        (9_000, None, 2.0, None),
    ],
)
def test_how_the_model_compares_with_the_n_gram(
    split: int, bits: float | None, mark: float | None, said: str | None
) -> None:
    header = {"level": "char", "corpus": {"split": split, "characters": 9_999}}
    assert baseline_comparison(finished(header, mark, bits)) == ("" if said is None else said)


@pytest.mark.parametrize(
    ("scored", "said"),
    [
        (500, "Validation: 1.500 bits per character on all 500 validation tokens (lower is better). "
            "A 7-gram baseline, which only counts, needs 2.000: this model is better by 0.500."),
        (60, "Validation: 1.500 bits per character on 60 of the 500 validation tokens (lower is better)."),
    ],
)  # fmt: skip
def test_how_much_of_the_validation_part_was_scored(scored: int, said: str) -> None:
    header = {"level": "char", "corpus": {"tokens": 9_500, "split": 9_000}, "training": {"final_tokens": scored}}
    lines = summary_lines(finished(header, 2.0, 1.5))
    assert said in lines
    assert any("7-gram" in line for line in lines) == (scored == 500)  # else of other tokens


def test_without_a_validation_part_no_reason_is_made_up() -> None:
    end = replace(finished({"level": "char", "corpus": {}, "training": {}}, None, None), validation=None)
    assert "Training loss: 1.000 nats per token (there is no validation text)." in summary_lines(end)


def test_the_star_is_explained_where_there_can_be_one() -> None:
    assert table_header(80)[0] == (
        "  Loss in nats per token: lower is better. * marks the best validation loss so far."
    )
    assert table_header(80, validated=False)[0] == "  Loss in nats per token: lower is better."


def finished(header: dict[str, Any], mark: float | None, bits: float | None) -> Finished:
    counted = NgramBaseline(order=7, tokens=9_000, sample_nats=1.0, sample_bits=1.0, nats=mark, bits=mark)
    model = ModelFile(header, {})
    figures = {"step": 1, "tokens_seen": 1, "passes": 1.0, "seconds": 1.0, "total_seconds": 1.0, "train": 1.0}
    more = {"tokens_per_second": 1.0, "validation": 1.0, "perplexity": 1.0, "best_step": 1, "skipped": 0, "halvings": 0}
    return Finished(
        model=model, path=None, bits_per_character=bits, averaged=False, stopped_early=False, repeat="",
        baseline=counted, **figures, **more,
    )  # type: ignore[arg-type] # fmt: skip
