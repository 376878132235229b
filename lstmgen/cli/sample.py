"""`lstmgen sample`: write new text with a model."""

from __future__ import annotations

from dataclasses import fields

import typer

from lstmgen.cli import sample_options
from lstmgen.errors import UsageError
from lstmgen.paths import checked_path
from lstmgen.ranks.launcher import with_others
from lstmgen.settings import SamplingSettings
from lstmgen.terminal import inference_options, options
from lstmgen.terminal.given_text import GivenText, refuse_idle_encoding, take_text
from lstmgen.terminal.options import STDOUT


def sample(
    context: typer.Context,
    model: sample_options.SampledModel = None,
    prompt: sample_options.Prompt = None,
    prompt_file: sample_options.PromptFile = None,
    length: sample_options.Length = None,
    num_samples: sample_options.NumSamples = None,
    seed: sample_options.SampleSeed = None,
    temperature: sample_options.Temperature = None,
    top_k: sample_options.TopK = None,
    top_p: sample_options.TopP = None,
    min_p: sample_options.MinP = None,
    precision: sample_options.WeightPrecision = None,
    set_gate: options.SetGate = None,
    set_unit: options.SetUnit = None,
    copies: sample_options.ShowCopies = False,
    novel: sample_options.Novel = None,
    allow_copies: sample_options.AllowCopies = False,
    adapt: inference_options.Adapt = False,
    adapt_rate: inference_options.AdaptRate = None,
    ngram_weight: inference_options.NgramWeight = None,
    corpus: inference_options.NgramCorpusPath = None,
    encoding: sample_options.PromptEncoding = None,
    stop: sample_options.StopText = None,
    unknown: sample_options.UnknownText = None,
    no_echo: sample_options.NoEcho = False,
    quiet: options.Quiet = False,
    json: options.JsonObject = False,
    out: sample_options.SampleOut = None,
) -> None:
    """Write new text like the text a model was trained on.

    [bold]lstmgen sample[/]                             write with the newest model
    [bold]lstmgen sample -p "Once upon a time"[/]       continue a prompt
    [bold]lstmgen sample --num-samples 9 > nine.txt[/]  only the text goes into the file
    [bold]lstmgen sample --set-gate f=0[/]              write without a memory
    """
    names = {field.name for field in fields(SamplingSettings)}
    given = {name: value for name, value in context.params.items() if name in names and value is not None}
    settings = {name: getattr(value, "value", value) for name, value in given.items()}
    SamplingSettings(**settings)  # what is out of range is refused before anything is read
    inference = inference_options.inference_settings(adapt, adapt_rate, ngram_weight)

    from lstmgen.cli.sample_run import SampleOptions, join_or_follow_writing, write_samples

    ranks = join_or_follow_writing(prompt_file == "-") if with_others() else None
    start = _take_prompt(prompt, prompt_file, encoding)
    file = None if out == STDOUT else out
    _check_target(file)

    write_samples(
        model,
        start,
        settings,
        SampleOptions(
            inference=inference,
            clamps=inference_options.clamp_specs(set_gate, set_unit),
            copies=copies,
            corpus=corpus,
            unknown="skip" if unknown is None else unknown.value,
            echo=not no_echo,
            quiet=quiet,
            json=json,
            out=file,
        ),
        ranks,
    )


def _take_prompt(prompt: str | None, path: str | None, encoding: str | None) -> GivenText:
    flags = ("--prompt", "--prompt-file")
    refuse_idle_encoding(encoding, path, flag=flags[1])
    return take_text(prompt, path, encoding, too_long=_refuse_long_prompt, what="prompt", flags=flags)


def _refuse_long_prompt(longest: str) -> None:
    raise UsageError(f"The prompt is longer than the first {longest}.\nGive only its end.")


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
