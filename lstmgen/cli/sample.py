"""`lstmgen sample`: write new text with a model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import typer

from lstmgen.cli.copies import refuse_unfinished, report_copies, report_repeats
from lstmgen.errors import UsageError
from lstmgen.paths import checked_path
from lstmgen.terminal import inference_options as aiding
from lstmgen.terminal import options
from lstmgen.terminal.inference_options import clamp_specs
from lstmgen.terminal.output_file import open_output
from lstmgen.terminal.signals import CleanupOnSignal
from lstmgen.terminal.streams import Messages, OutputStream, announce_model

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.sampling.novel import CopyGuard
    from lstmgen.sampling.request import SamplingRequest
    from lstmgen.sampling.sample import FinishedSample
    from lstmgen.text.copies import Copies

_LONGEST_PROMPT = 1 << 24  # bytes


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
    copies: options.ShowCopies = False,
    novel: options.Novel = None,
    allow_copies: options.AllowCopies = False,
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
    [bold]lstmgen sample -p "Once upon a time"[/]       continue a prompt
    [bold]lstmgen sample --num-samples 9 > nine.txt[/]  only the text goes into the file
    [bold]lstmgen sample --set-gate f=0[/]              write without a memory
    """
    from lstmgen.settings import SamplingSettings

    names = {field.name for field in fields(SamplingSettings)}
    given = {name: value for name, value in context.params.items() if name in names and value is not None}
    wishes = {name: getattr(value, "value", value) for name, value in given.items()}
    SamplingSettings(**wishes)  # what is out of range is refused before anything is read
    aids = aiding.inference_settings(adapt, adapt_rate, ngram_weight)
    start = _read_prompt(prompt, prompt_file)
    _check_target(out)

    from lstmgen import api

    messages, loaded = Messages(quiet), api.load(model)
    announce_model(messages, loaded)
    if allow_copies and not loaded.lines:
        raise UsageError(
            "--allow-copies only applies to models trained with --lines.\n"
            "Leave it out: this model's text is not filtered for copies."
        )
    holding = clamp_specs(set_gate, set_unit)
    how = unknown.value if unknown is not None else "skip"
    request = loaded.request(start, echo=not no_echo, unknown=how, **wishes)
    for note in request.notes:
        messages.notice(note)
    if corpus is not None and ngram_weight is None and novel is None and not (copies or loaded.lines):
        raise UsageError(
            "--corpus names the training text, but no option given here needs it.\n"
            "Add --ngram-weight auto, --novel N or --copies, or leave it out."
        )
    loaded = aiding.with_inference_options(loaded, aids, holding, request, corpus, messages)
    if seed is None:
        messages.info(f"seed {request.seed}")
    if not loaded.ready(request.settings.precision):
        messages.info("Compiling kernels (a few seconds, first run only).")
    _write(messages, loaded, request, out, json, copies, corpus)


def _write(
    messages: Messages,
    model: Model,
    request: SamplingRequest,
    out: str | None,
    as_json: bool,
    copies: bool,
    corpus: str | None,
) -> None:
    from lstmgen.api.copies import copies_in_samples, copy_guard_for

    guard = copy_guard_for(model, request, corpus)

    def figures(records: list[FinishedSample]) -> Copies | None:
        return copies_in_samples(model, [record.text for record in records], corpus) if copies and records else None

    with _product(out) as product:
        if as_json:
            records, found = _write_json(product, model, request, guard, figures)
        else:
            records, found = _write_text(product, model, request, guard, copies), None
    if out is not None:
        messages.info(f"wrote {out}")
    report_repeats(messages, model, request, guard, records, named=corpus, counted=copies)
    if copies and records:
        report_copies(messages, model, found or figures(records), corpus)
    refuse_unfinished(request, records)


def _read_prompt(prompt: str | None, path: str | None) -> str:
    if path is None:
        return prompt or ""
    if prompt is not None:
        raise UsageError("--prompt and --prompt-file both give the prompt.\nUse only one of them.")
    if path == "-":
        data = sys.stdin.buffer.read(_LONGEST_PROMPT + 1)
    else:
        with checked_path(path).open("rb") as file:
            data = file.read(_LONGEST_PROMPT + 1)
    if len(data) > _LONGEST_PROMPT:
        raise UsageError(f"The prompt in {path} is longer than {_LONGEST_PROMPT:,} bytes.\nGive only its end.")
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
    target = checked_path(out)
    if target.suffix == ".npz":
        raise UsageError(f"--out {out} is a name for a model, but sample writes text.\nName a text file: --out new.txt")
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "is in a folder that does not exist"
        raise UsageError(f"--out {out} {what}.\nName a file in an existing folder.")


@contextmanager
def _product(out: str | None) -> Iterator[OutputStream]:
    """stdout, or the file; what is made before an interrupt is kept."""
    if out is None:
        product = OutputStream()
        try:
            with CleanupOnSignal(product.finish):
                yield product
        finally:
            product.finish()
        return
    with open_output(out, keep_part=True) as file:
        stream = TextIOWrapper(file, encoding="utf-8", errors="surrogatepass", newline="\n")
        product = OutputStream(stream.write, shown=file.isatty())

        def finish() -> None:
            product.finish()
            stream.flush()

        try:
            with CleanupOnSignal(finish):
                yield product
        finally:
            finish()
            stream.detach()


def _write_text(
    product: OutputStream, model: Model, request: SamplingRequest, guard: CopyGuard, copies: bool
) -> list[FinishedSample]:
    """The samples as they are made, separated by an empty line; those of a --lines model are a line each.

    They are kept where there is something to say of them.
    """
    records: list[FinishedSample] = []
    kept = model.lines or copies or request.settings.novel is not None
    between = "\n" if model.lines else "\n\n"
    sample = -1

    def end_line() -> None:
        if sample >= 0:
            product.write("\n")

    try:
        with CleanupOnSignal(end_line):
            for piece in model.write(request, guard):
                if piece.sample > sample >= 0:
                    product.write(between)
                sample = piece.sample
                product.write(piece.text)
                if piece.finished is not None and kept:
                    records.append(piece.finished)
    finally:
        end_line()
    return records


def _write_json(
    product: OutputStream,
    model: Model,
    request: SamplingRequest,
    guard: CopyGuard,
    figures_of: Callable[[list[FinishedSample]], Copies | None],
) -> tuple[list[FinishedSample], Copies | None]:
    """One object: what was asked for, and every sample with how it ended; of a refusal on the way, those before it."""
    from lstmgen.plain_json import as_json as to_json

    records: list[FinishedSample] = []
    refusal: UsageError | None = None
    try:
        for piece in model.write(request, guard):
            records += [piece.finished] if piece.finished is not None else []
    except UsageError as error:
        refusal = error
    figures = figures_of(records)
    made = ("text", "tokens", "stopped", "again")
    found: dict[str, Any] = {
        "model": str(model.path),
        "prompt": request.prompt,
        "settings": request.settings,
        "notes": request.notes,
        "held": [str(hold) for hold in model.holds],
        "aids": None if model.inference is None else model.inference.facts(),
        "samples": [{name: getattr(record, name) for name in made} for record in records],
        "copies": figures,
    }
    product.write(to_json(found) + "\n")
    if refusal is not None:
        raise refusal
    return records, figures
