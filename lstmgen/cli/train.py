"""`lstmgen train`: learn a text."""

from __future__ import annotations

from typing import Any

import typer

from lstmgen.cli import train_options
from lstmgen.durations import parse_duration
from lstmgen.errors import UsageError
from lstmgen.ranks.launcher import with_others
from lstmgen.settings import MODEL_KEYWORDS, TRAINING_KEYWORDS, model_settings, training_settings
from lstmgen.terminal import options

_EITHER_WAY = {"tied", "skip_sum"}  # for these, no is another answer than none
_TEXT = {"level", "lines", "min_count", "encoding", "errors", "keep_newlines", "documents"}


def train(
    context: typer.Context,
    corpus: train_options.CorpusPaths = None,
    time: train_options.Time = None,
    out: train_options.ModelOut = None,
    resume: train_options.Resume = False,
    from_model: train_options.FromModel = None,
    force: train_options.ReplaceModel = False,
    dry_run: train_options.DryRun = False,
    cell: train_options.CellKind = None,
    hidden_size: train_options.HiddenSize = None,
    num_layers: train_options.NumLayers = None,
    embedding_size: train_options.EmbeddingSize = None,
    tied: train_options.Tied = None,
    skip_sum: train_options.SkipSum = None,
    output_squashing: train_options.OutputSquashing = None,
    steps: train_options.Steps = None,
    epochs: train_options.Epochs = None,
    seq_length: train_options.SeqLength = None,
    batch_size: train_options.BatchSize = None,
    learning_rate: train_options.LearningRate = None,
    dropout: train_options.Dropout = None,
    weight_drop: train_options.WeightDrop = None,
    embedding_dropout: train_options.EmbeddingDropout = None,
    weight_decay: train_options.WeightDecay = None,
    clip_norm: train_options.ClipNorm = None,
    precision: train_options.TrainingPrecision = None,
    seed: train_options.Seed = None,
    threads: train_options.Threads = None,
    shards: train_options.Shards = None,
    exchange: train_options.Exchange = None,
    level: train_options.LevelOfTokens = None,
    lines: train_options.Lines = False,
    documents: train_options.DocumentSeparator = None,
    min_count: train_options.MinCount = None,
    validation: train_options.Validation = None,
    encoding: train_options.Encoding = None,
    errors: train_options.Errors = None,
    keep_newlines: train_options.KeepNewlines = False,
    mmap_above: train_options.MmapAbove = None,
    quiet: options.Quiet = False,
    json: train_options.JsonEvents = False,
) -> None:
    """Train a network on a text and save it in models/, where sample and inspect find it.

    [bold]lstmgen train corpus.txt[/]                  five minutes, sizes chosen for you
    [bold]lstmgen train storybook --time 1m[/]         a corpus that comes with lstmgen
    [bold]lstmgen train names.txt --lines --time 90[/] each line is a separate name
    [bold]lstmgen train corpus.txt --resume[/]         continue, also after Ctrl-C
    [bold]lstmgen train poems.txt --from ready[/]      start from another model's weights
    """
    if not corpus and not resume:
        raise UsageError(
            "No text was given.\n"
            "Name a file, a folder, - for standard input, or a shipped corpus: lstmgen train storybook"
        )
    settings = _settings(context.params)
    begin: dict[str, Any] = {"force": force, "from_model": from_model}
    _run(list(corpus or []), out, settings, begin, resume=resume, dry_run=dry_run, quiet=quiet, json=json)


def _settings(parameters: dict[str, Any]) -> dict[str, Any]:
    """Of the options, those that were given and are settings; out of range, they are refused before any work."""
    given = {
        name: getattr(value, "value", value)
        for name, value in parameters.items()
        if value is not None and (value is not False or name in _EITHER_WAY)
    }
    if "time" in given:
        given["time"] = parse_duration(given["time"])
    model_settings(given)
    training_settings(given)
    return {name: value for name, value in given.items() if name in MODEL_KEYWORDS | TRAINING_KEYWORDS | _TEXT}


def _run(
    corpus: list[str],
    out: str | None,
    settings: dict[str, Any],
    begin: dict[str, Any],
    *,
    resume: bool,
    dry_run: bool,
    quiet: bool,
    json: bool,
) -> None:
    ranks = None
    if with_others():
        from lstmgen.cli.ranks import join_or_follow

        ranks = join_or_follow(settings, "-" in corpus)

    from lstmgen.cli import model_paths

    state = None
    if resume:
        state, corpus, target = model_paths.state_to_resume(corpus, out)
        model_paths.check_origin(state, begin["from_model"])
    else:
        target = model_paths.output_path(corpus, out)
    if not dry_run and target is not None:
        if not begin["force"]:
            model_paths.refuse_to_replace_run(target)
        model_paths.check_writable(target)

    from lstmgen.cli.train_run import run_training

    run_training(state, corpus, target, settings, begin, ranks, dry_run=dry_run, quiet=quiet, json=json)
