"""A run of `sample`, once its options are found right: the model is loaded, and what it writes goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from lstmgen import api
from lstmgen.api.copies import copies_in_samples, copy_guard_for
from lstmgen.api.inference import adapt_model, mix_with_text
from lstmgen.api.recorded import find_training_text
from lstmgen.api.shared_writing import can_share, follow_writing, lead_writing
from lstmgen.cleaning import clean
from lstmgen.cli.copies import refuse_unfinished, report_copies, report_repeats
from lstmgen.errors import UsageError
from lstmgen.kernels.threads import available_cores
from lstmgen.output_file import open_output
from lstmgen.plain_json import as_json as to_json
from lstmgen.ranks.joining import join_ranks
from lstmgen.settings import InferenceSettings
from lstmgen.signals import CleanupOnSignal
from lstmgen.terminal.given_text import GivenText
from lstmgen.terminal.model_name import announce_model
from lstmgen.terminal.streams import Messages, OutputStream
from lstmgen.terminal.working import working

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.ranks.single import Ranks
    from lstmgen.sampling.request import SamplingRequest
    from lstmgen.sampling.sample import FinishedSample, TextChunk
    from lstmgen.text.copies import Copies


@dataclass(frozen=True)
class SampleOptions:
    """What a sampling command asks for beside its sampling settings; names as its options have them."""

    inference: InferenceSettings
    clamps: list[str]
    copies: bool
    corpus: str | None
    unknown: str
    echo: bool
    quiet: bool
    json: bool
    out: str | None


def join_or_follow_writing(reads_input: bool) -> Ranks:
    """The processes that write together, for number 0; the others return from here no more."""
    ranks = join_ranks(available_cores(), reads_input)
    if ranks.rank:
        follow_writing(ranks)
    return ranks


def write_samples(
    name: str | None, start: GivenText, settings: dict[str, Any], options: SampleOptions, ranks: Ranks | None = None
) -> None:
    """Load the model and write. settings: of `SamplingSettings`, those that were given. ranks: that write together."""
    messages, model = Messages(options.quiet), api.load(name)
    announce_model(messages, model)
    if settings.get("allow_copies") and not model.lines:
        raise UsageError(
            "--allow-copies only applies to models trained with --lines.\n"
            "Leave it out: this model's text is not filtered for copies."
        )
    prompt = start.read(model.header, messages) or ""
    request = model.request(prompt, echo=options.echo, unknown=options.unknown, **settings)
    for note in request.notes:
        messages.notice(note)
    needs_text = options.inference.ngram_weight is not None or request.settings.novel is not None
    if options.corpus is not None and not (needs_text or options.copies or model.lines):
        raise UsageError(
            "--corpus names the training text, but no option given here needs it.\n"
            "Add --ngram-weight auto, --novel N or --copies, or leave it out."
        )
    plain, model = model, _with_inference(model, request, options, messages)
    if settings.get("seed") is None:
        messages.info(f"seed {request.seed}")
    pieces = None
    if ranks is not None and ranks.size > 1:
        if not can_share(plain, request.settings, options.inference):
            messages.info(
                "One process writes alone: these samples depend on the training text or on each other"
                f"{' (--allow-copies shares them out)' if plain.lines else ''}."
            )
        elif plain.path is not None:
            pieces = lead_writing(ranks, model, plain.path, request, options.inference, options.clamps)
    _write(messages, model, request, options, pieces)


def _with_inference(model: Model, request: SamplingRequest, options: SampleOptions, messages: Messages) -> Model:
    """The model that writes: adapted to its prompt, then with gates and units held, then mixed with n-grams."""
    settings, clamps = options.inference, options.clamps
    if clamps:
        model.clamped(*clamps)  # what cannot be clamped is refused at once
    if settings.adapt:
        if not len(request.ids):
            raise UsageError("--adapt learns from the prompt, but there is none.\nGive --prompt or --prompt-file.")
        with working(messages, "Learning from the prompt", silent=options.json):
            model = adapt_model(model, request.ids, settings.adapt_rate)
        messages.info(f"adapted to the {_tokens(len(request.ids))} of the prompt")
    if clamps:
        model = model.clamped(*clamps)
    if settings.ngram_weight is not None:
        with working(messages, "Counting n-grams of the training text", silent=options.json):
            text = find_training_text(model, options.corpus)
            model = mix_with_text(model, settings.ngram_weight, text)
        if text is not None and model.inference is not None and model.inference.ngram_corpus is not None:
            name = clean(text.name, one_line=True)
            messages.info(
                f"mixed with the {model.inference.ngram_corpus.order}-grams of {name}, "
                f"their weight {model.inference.ngram_weight:.2f}"
            )
    return model


def _tokens(count: int) -> str:
    return f"{count:,} token{'' if count == 1 else 's'}"


def _write(
    messages: Messages,
    model: Model,
    request: SamplingRequest,
    options: SampleOptions,
    pieces: Iterator[TextChunk] | None = None,
) -> None:
    corpus, copies, out = options.corpus, options.copies, options.out
    with working(messages, "Reading the training text", silent=options.json):
        guard = copy_guard_for(model, request, corpus)

    def figures(records: list[FinishedSample]) -> Copies | None:
        return copies_in_samples(model, [record.text for record in records], corpus) if copies and records else None

    pieces = model.write(request, guard) if pieces is None else pieces
    with _product(out, wrapped=not options.json) as product:
        if options.json:
            records, found = _write_json(product, model, request, pieces, figures)
        elif out is None:
            records, found = _write_text(product, model, request, _begun(pieces, messages), copies), None
        else:
            with working(messages, f"Writing {clean(out, one_line=True)}"):
                records, found = _write_text(product, model, request, pieces, copies), None
    if out is not None:
        messages.info(f"wrote {out}")
    report_repeats(messages, model, request, guard, records, named=corpus, counted=copies)
    if copies and records:
        if found is None:
            with working(messages, "Looking for copies of the training text", silent=options.json):
                found = figures(records)
        report_copies(messages, model, found, corpus)
    refuse_unfinished(request, records)


def _begun(pieces: Iterator[TextChunk], messages: Messages) -> Iterator[TextChunk]:
    """The same pieces; it is shown that the first one takes its time, such as for kernels to be compiled."""
    with working(messages, "Writing"):
        first = next(pieces, None)
    if first is not None:
        yield first
        yield from pieces


@contextmanager
def _product(out: str | None, *, wrapped: bool) -> Iterator[OutputStream]:
    """stdout, on a terminal wrapped between words, or the file; what is made before an interrupt is kept."""
    if out is None:
        product = OutputStream(wrapped=wrapped)
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
    product: OutputStream, model: Model, request: SamplingRequest, pieces: Iterator[TextChunk], copies: bool
) -> list[FinishedSample]:
    """The samples as they are made, separated by an empty line; those of a --lines model are a line each, and the last
    line of a document ends once.

    They are kept where there is something to say of them.
    """
    records: list[FinishedSample] = []
    documents = model.document_end is not None and not model.lines
    kept = model.lines or documents or copies or request.settings.novel is not None
    sample, last = -1, ""

    def end_line() -> None:
        if sample >= 0 and not (documents and last == "\n"):
            product.write("\n")

    try:
        with CleanupOnSignal(end_line):
            for piece in pieces:
                if piece.sample > sample >= 0:
                    end_line()
                    product.write("" if model.lines else "\n")
                sample, last = piece.sample, piece.text[-1:] or (last if piece.sample == sample else "")
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
    pieces: Iterator[TextChunk],
    figures_of: Callable[[list[FinishedSample]], Copies | None],
) -> tuple[list[FinishedSample], Copies | None]:
    """One object: what was asked for, and every sample with how it ended; of a refusal on the way, those before it."""
    records: list[FinishedSample] = []
    refusal: UsageError | None = None
    try:
        for piece in pieces:
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
        "held": [str(clamp) for clamp in model.clamps],
        "aids": None if model.inference is None else model.inference.facts(),
        "samples": [{name: getattr(record, name) for name in made} for record in records],
        "copies": figures,
    }
    product.write(to_json(found) + "\n")
    if refusal is not None:
        raise refusal
    return records, figures
