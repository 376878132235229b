"""`lstmgen sample`: write new text with a model."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lstmgen.cli import aiding, options
from lstmgen.cli.holding import what_to_hold
from lstmgen.cli.terminal import Product, Talk, clean
from lstmgen.errors import UsageError

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.sampling.generator import Record
    from lstmgen.sampling.request import Request

LONGEST_PROMPT = 1 << 24  # bytes


def sample(
    context: typer.Context,
    model: options.ModelName = None,
    prompt: options.Prompt = None,
    prompt_file: options.PromptFile = None,
    length: options.Length = None,
    num_samples: options.NumSamples = None,
    seed: options.SampleSeed = None,
    temperature: options.Temperature = None,
    top_k: options.TopK = None,
    top_p: options.TopP = None,
    min_p: options.MinP = None,
    precision: options.WeightPrecision = None,
    set_gate: options.SetGate = None,
    set_unit: options.SetUnit = None,
    adapt: aiding.Adapt = False,
    adapt_rate: aiding.AdaptRate = None,
    ngram_weight: aiding.NgramWeight = None,
    corpus: aiding.NgramCorpus = None,
    stop: options.Stop = None,
    unknown: options.UnknownText = None,
    no_echo: options.NoEcho = False,
    quiet: options.Quiet = False,
    json: options.JsonObject = False,
    out: options.SampleOut = None,
) -> None:
    """Write new text like the text a model was trained on.

    [bold]lstmgen sample[/]                             write with the newest model
    [bold]lstmgen sample -p "Once upon a time"[/]       go on from a prompt
    [bold]lstmgen sample --num-samples 9 > nine.txt[/]  the text alone goes to the file
    [bold]lstmgen sample --set-gate f=0[/]              write without a memory
    """
    from lstmgen.settings import SamplingSettings

    names = {field.name for field in fields(SamplingSettings)}
    given = {name: value for name, value in context.params.items() if name in names and value is not None}
    wishes = {name: getattr(value, "value", value) for name, value in given.items()}
    SamplingSettings(**wishes)  # what is out of range is refused before anything is read
    aids = aiding.wished(adapt, adapt_rate, ngram_weight)
    start = _read_prompt(prompt, prompt_file)
    _check_target(out)

    from lstmgen import api

    talk, loaded = Talk(quiet), api.load(model)
    introduce(talk, loaded)
    holding = what_to_hold(set_gate, set_unit)
    how = unknown.value if unknown is not None else "skip"
    request = loaded.request(start, echo=not no_echo, unknown=how, **wishes)
    for note in request.notes:
        talk.insist(note)
    loaded = aiding.aided(loaded, aids, holding, request, corpus, talk)
    if seed is None:
        talk.say(f"seed {request.seed}")
    if not loaded.ready(request.settings.precision):
        talk.say("Preparing the kernels, some seconds, the first time on a machine.")
    _write(talk, loaded, request, out, as_json=json)


def _write(talk: Talk, model: Model, request: Request, out: str | None, as_json: bool) -> None:
    with _product(out) as product:
        records = _write_json(product, model, request) if as_json else _write_text(product, model, request)
    if out is not None:
        talk.say(f"wrote {out}")
    if model.lines and records and not talk.quiet:
        _say_copies(talk, model, [_whole(record) for record in records])


def introduce(talk: Talk, model: Model) -> None:
    """Name the model in use, and what there is to say about its file."""
    header, sizes = model.header, model.header["sizes"]
    kind = "characters" if header["level"] == "char" else "words"
    layers = f"{sizes['layers']} x {sizes['units']}"
    talk.say(f"model {clean(str(model.path), one_line=True)} ({header['cell']} {layers}, {kind})")
    for note in model.file.notes:
        talk.insist(f"{model.path}: {note}")


def _read_prompt(prompt: str | None, path: str | None) -> str:
    if path is None:
        return prompt or ""
    if prompt is not None:
        raise UsageError("--prompt and --prompt-file both give the prompt; give one of them.")
    if path == "-":
        data = sys.stdin.buffer.read(LONGEST_PROMPT + 1)
    else:
        with Path(path).open("rb") as file:
            data = file.read(LONGEST_PROMPT + 1)
    if len(data) > LONGEST_PROMPT:
        raise UsageError(f"The prompt in {path} is longer than {LONGEST_PROMPT:,} bytes.\nGive its end alone.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from lstmgen.errors import TextError

        raise TextError(
            f"The prompt in {path} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}.\n"
            "Save it as UTF-8 and try again."
        ) from error


def _check_target(out: str | None) -> None:
    """Text is not written over a model: that is a slip of the hand."""
    if out is None:
        return
    target = Path(out)
    if target.suffix == ".npz":
        raise UsageError(
            f"--out {out} would be a model's name, and sample writes text.\nName a text file: --out new.txt"
        )
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "is in a folder that does not exist"
        raise UsageError(f"--out {out} {what}.\nName a file in a folder that is there.")


@contextmanager
def _product(out: str | None) -> Iterator[Product]:
    """stdout, or the file; what is made before an interrupt is kept."""
    if out is None:
        product = Product()
        try:
            yield product
        finally:
            product.finish()
        return
    with Path(out).open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as file:
        yield Product(file.write)


def _write_text(product: Product, model: Model, request: Request) -> list[Record]:
    """The samples as they are made, separated by an empty line; those of a --lines model are a line each, and kept."""
    records: list[Record] = []
    between = "\n" if model.lines else "\n\n"
    sample = -1
    try:
        for piece in model.write(request):
            if piece.sample > sample >= 0:
                product.write(between)
            sample = piece.sample
            product.write(piece.text)
            if piece.record is not None and model.lines:
                records.append(piece.record)
    finally:
        if sample >= 0:
            product.write("\n")
    return records


def _write_json(product: Product, model: Model, request: Request) -> list[Record]:
    """One object: what was asked for, and every sample with how it ended."""
    from lstmgen.cli.jsonlines import dump

    records = [piece.record for piece in model.write(request) if piece.record is not None]
    found: dict[str, Any] = {
        "model": str(model.path),
        "prompt": request.prompt,
        "settings": request.settings,
        "notes": request.notes,
        "held": [str(hold) for hold in model.holds],
        **({} if model.aids is None else {"aids": model.aids.facts()}),
        "samples": [{"text": record.text, "tokens": record.tokens, "stopped": record.stopped} for record in records],
    }
    product.write(dump(found) + "\n")
    return records


def _whole(record: Record) -> str:
    """A line as it stands in a text: with the last line of its prompt before it."""
    return (record.prompt + record.text).rpartition("\n")[2]


def _say_copies(talk: Talk, model: Model, lines: list[str]) -> None:
    """How many of the new lines the model has simply learned by heart."""
    from lstmgen.api.copies import copied

    found = copied(model, lines)
    if found is None:
        talk.say(
            "Whether these lines are in the training text cannot be told: it is not here any more, or has changed."
        )
        return
    what = "line is" if len(lines) == 1 else "lines are"
    talk.say(f"{sum(found):,} of {len(lines):,} {what} in the training text.")
