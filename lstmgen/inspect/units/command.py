"""`lstmgen inspect units`: which unit follows which property of a text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from lstmgen.errors import TextError, UsageError
from lstmgen.inspect.commands import options
from lstmgen.terminal.amounts import is_whole_number
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.api.measured import Measured
    from lstmgen.inspect.units.properties import Property

_TOKENS = 8_000  # measured at most: enough for two halves of fifty lines each
_NUMBERS = 1 << 26  # of a trace: 256 MB
_FEWEST = 100  # tokens with which luck can be told from anything else

_PropertyName = Annotated[
    str | None,
    typer.Argument(
        help="quotes, brackets, line, indent, word, capital, digit or vowel. Without it: a table of all.",
        metavar="[PROPERTY]",
        show_default=False,
    ),
]
_After = Annotated[
    str | None,
    options.option(
        options.WHAT, "Instead: how many characters ago this regular expression matched.", "--after", metavar="REGEX"
    ),
]
_Labels = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "Instead: a file of numbers, one for each character, token or line of --text or --file.",
        "--labels",
        metavar="PATH",
    ),
]
_OneUnit = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "One unit, such as 17, c17 or h17: its strongest places and its mean after each token.",
        "--unit",
        metavar="N",
    ),
]
_Causal = Annotated[
    bool,
    options.option(options.WHAT, "Also hold the unit at its mean, and see what that costs.", "--causal", metavar=""),
]
_LayerOnly = Annotated[
    int | None,
    options.option(
        options.WHAT, "One layer, numbered from 0. Without it: all; for --unit the last one.", "--layer", metavar="N"
    ),
]


def units(
    wanted: _PropertyName = None,
    after: _After = None,
    labels: _Labels = None,
    unit: _OneUnit = None,
    causal: _Causal = False,
    model: options.ModelName = None,
    text: options.TextToMeasure = None,
    file: options.File = None,
    layer: _LayerOnly = None,
    json: options.Json = False,
    out: options.OutNoArrays = None,
    quiet: options.Quiet = False,
) -> None:
    """See which unit follows what: quotes, brackets, the place in the line, or a property of your own.

    [bold]lstmgen inspect units[/]                    all properties, the best unit of each
    [bold]lstmgen inspect units quotes --causal[/]    one; what is lost without its unit
    [bold]lstmgen inspect units --after '[.!?]'[/]    how long ago the sentence began
    [bold]lstmgen inspect units --unit c17[/]         where one unit is high and low
    """
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of
    from lstmgen.inspect.commands.source import layer_of, measured_text, read_source

    form = form_of(out, json, forms_of())
    _check_wishes(wanted, after, labels, unit, causal, given=text is not None or file is not None)
    messages = Messages(quiet)
    given = read_source(text, file, messages)
    numbers = None if labels is None else read_source(None, labels, messages)

    from lstmgen import api
    from lstmgen.inspect.units.followers import Look
    from lstmgen.inspection.trace import longest_trace, trace_ids
    from lstmgen.terminal.streams import announce_model

    loaded = api.load(model)
    announce_model(messages, loaded)
    last = layer_of(loaded, layer)
    chosen = None if unit is None else _parse_unit(unit, loaded, last)
    text_measured = measured_text(loaded, given, min(_TOKENS, longest_trace(loaded.network, _NUMBERS)), messages)
    properties = _properties(wanted, after, numbers, text_measured, alone=unit is not None)
    trace = trace_ids(loaded.network, loaded.vocabulary.tokens, text_measured.ids, newline=text_measured.newline)
    layers = list(range(trace.layers)) if layer is None else [layer]
    look = Look(loaded, text_measured, trace, chosen, causal, layers)
    finding = look.response() if not properties else look.followers(properties)
    return deliver(finding, form, out, messages)


def _check_wishes(
    wanted: str | None, after: str | None, labels: str | None, unit: str | None, causal: bool, *, given: bool
) -> None:
    asked = [
        name for name, value in (("PROPERTY", wanted), ("--after", after), ("--labels", labels)) if value is not None
    ]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} each name a property; give one of them.")
    if labels is not None and not given:
        raise UsageError("--labels belong to a text.\nName it with --text or --file.")
    if causal and not asked and unit is None:
        raise UsageError("--causal needs to know which unit.\nName a property, or a unit with --unit.")
    if wanted is not None:
        from lstmgen.inspect.units.properties import PROPERTIES

        if wanted not in PROPERTIES:
            raise UsageError(
                f"There is no property {wanted!r}.\nThere are: {', '.join(PROPERTIES)}; or --after, --labels."
            )


def _parse_unit(text: str, model: Model, layer: int) -> tuple[str, int, int]:
    """State, layer and number. Raises UsageError."""
    from lstmgen.inspect.common.measures import check_units

    states = model.network.architecture.facts.states
    letter, number = (text[0], text[1:]) if text[:1] in states else (states[0], text)
    if not is_whole_number(number):
        which = " or ".join(f"{state}17" for state in states)
        raise UsageError(f"--unit {text!r} is no unit.\nWrite it as 17, {which}.")
    check_units([int(number)], model.header["sizes"]["units"])
    return letter, layer, int(number)


def _properties(
    wanted: str | None, after: str | None, numbers: str | None, text: Measured, *, alone: bool
) -> list[Property]:
    """What is asked for: one, or all; none where only a unit is."""
    from lstmgen.cleaning import on_one_line
    from lstmgen.inspect.units.properties import PROPERTIES, property_after, property_of, property_of_labels

    reading = text.reading
    if wanted is not None:
        found = [property_of(wanted, reading)]
    elif after is not None:
        found = [property_after(after, reading)]
    elif numbers is not None:
        found = [property_of_labels(numbers, reading)]
    else:
        found = [] if alone else [property_of(name, reading) for name in PROPERTIES]
    if found and len(text.ids) < _FEWEST:
        raise TextError(
            f"The text has {len(text.ids):,} tokens; with fewer than {_FEWEST} nothing can be told from luck.\n"
            "Give a longer text."
        )
    return [replace(one, words=on_one_line(one.words)) for one in found]
