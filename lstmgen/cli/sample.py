"""`lstmgen sample`: write new text with a model."""

from __future__ import annotations

from lstmgen.cli import options


def sample(
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
    """
