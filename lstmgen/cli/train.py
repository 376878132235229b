"""`lstmgen train`: learn a text."""

from __future__ import annotations

from lstmgen.cli import options


def train(
    corpus: options.Corpus = None,
    time: options.Time = None,
    out: options.Out = None,
    resume: options.Resume = False,
    force: options.Force = False,
    dry_run: options.DryRun = False,
    cell: options.CellKind = None,
    hidden_size: options.HiddenSize = None,
    num_layers: options.NumLayers = None,
    embedding_size: options.EmbeddingSize = None,
    output_squashing: options.OutputSquashing = None,
    steps: options.Steps = None,
    epochs: options.Epochs = None,
    seq_length: options.SeqLength = None,
    batch_size: options.BatchSize = None,
    learning_rate: options.LearningRate = None,
    dropout: options.Dropout = None,
    weight_decay: options.WeightDecay = None,
    clip_norm: options.ClipNorm = None,
    seed: options.Seed = None,
    threads: options.Threads = None,
    level: options.LevelOfTokens = None,
    lines: options.Lines = False,
    min_count: options.MinCount = None,
    validation: options.Validation = None,
    encoding: options.Encoding = None,
    errors: options.Errors = None,
    keep_newlines: options.KeepNewlines = False,
    quiet: options.Quiet = False,
    json: options.JsonEvents = False,
) -> None:
    """Train a network on a text and leave it in models/, where sample and inspect find it.

    [bold]lstmgen train corpus.txt[/]                  five minutes, sizes chosen for you
    [bold]lstmgen train storybook --time 1m[/]         a corpus that comes with lstmgen
    [bold]lstmgen train names.txt --lines --time 90[/] every line is a name of its own
    [bold]lstmgen train corpus.txt --resume[/]         go on, after Ctrl-C too
    """
