"""`lstmgen train`: learn a text."""

from __future__ import annotations

from typing import Any

from lstmgen.cli import options
from lstmgen.errors import UsageError


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
    from lstmgen.cli.amounts import read_duration

    wishes: dict[str, Any] = {
        "cell": cell,
        "hidden_size": hidden_size,
        "num_layers": num_layers,
        "embedding_size": embedding_size,
        "output_squashing": output_squashing,
        "time": None if time is None else read_duration(time),
        "steps": steps,
        "epochs": epochs,
        "seq_length": seq_length,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "dropout": dropout,
        "weight_decay": weight_decay,
        "clip_norm": clip_norm,
        "seed": seed,
        "threads": threads,
        "level": level,
        "lines": lines or None,
        "min_count": min_count,
        "validation": validation,
        "encoding": encoding,
        "errors": errors,
        "keep_newlines": keep_newlines or None,
    }
    settings = {name: getattr(wish, "value", wish) for name, wish in wishes.items() if wish is not None}
    _check(settings)
    if not corpus and not resume:
        raise UsageError("No text was named.\nName a file, a folder, - or a shipped corpus: lstmgen train storybook")
    _run(list(corpus or []), out, settings, resume=resume, force=force, dry_run=dry_run, quiet=quiet, json=json)


def _check(settings: dict[str, Any]) -> None:
    """What is out of range is refused before anything is read."""
    from dataclasses import fields

    from lstmgen.settings import ModelSettings, TrainingSettings

    for record in (ModelSettings, TrainingSettings):
        names = {field.name for field in fields(record)}
        record(**{name: value for name, value in settings.items() if name in names})


def _run(
    corpus: list[str],
    out: str | None,
    settings: dict[str, Any],
    *,
    resume: bool,
    force: bool,
    dry_run: bool,
    quiet: bool,
    json: bool,
) -> None:
    from lstmgen.cli import places

    if resume:
        state, corpus, elsewhere = places.state_to_resume(corpus, out)
        target = elsewhere
    else:
        target = places.target_for(corpus, out)
    if not dry_run and target is not None:
        if not force:
            places.refuse_to_replace(target)
        places.check_room_for(target)

    from lstmgen import api
    from lstmgen.cli.progress import choose
    from lstmgen.training.events import Compiling, Event

    show = choose(quiet=quiet, for_machines=json)

    def tell(event: Event) -> None:
        if isinstance(event, Compiling) and target is not None and not dry_run:  # the text could be read
            target.parent.mkdir(parents=True, exist_ok=True)
        show.show(event)

    try:
        if resume and dry_run:
            api.plan_resume(state, *corpus, on_event=tell, **settings)
        elif resume:
            api.resume(state, *corpus, out=target, on_event=tell, **settings)
        elif dry_run:
            api.plan(*corpus, on_event=tell, **settings)
        else:
            api.train(*corpus, out=target, force=force, on_event=tell, **settings)
    finally:
        show.close()
