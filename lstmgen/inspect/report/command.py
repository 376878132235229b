"""`lstmgen inspect report`: everything about a text and a model, in one page that opens without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.commands import options
from lstmgen.paths import refuse_to_replace
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.inspection.trace import Trace

_LONGEST = 2_000  # tokens; more would make the page too large to send
_LARGEST = 1 << 26  # numbers in a trace: 256 MB


def report(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    json: options.Json = False,
    out: options.ReportOut = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Make one page of everything: a text, its surprises, and what every gate did. It opens in any browser.

    [bold]lstmgen inspect report[/]                       on the model's own writing
    [bold]lstmgen inspect report --file story.txt[/]      on a text of yours
    [bold]lstmgen inspect report -o s.html --force[/]     under another name, anew
    """
    from lstmgen.inspect.commands.output import form_of
    from lstmgen.inspect.commands.source import read_source, trace_source

    form = form_of(out, json, ("html", "json"))
    if out is not None:
        _refuse_to_replace(Path(out), force)
    messages = Messages(quiet)
    given = read_source(text, file, messages)

    from lstmgen import api
    from lstmgen.inspection.trace import numbers_of
    from lstmgen.terminal.streams import announce_model

    loaded = api.load(model)
    announce_model(messages, loaded)
    if out is None and form != "json":
        out, form = f"{loaded.path.stem if loaded.path else 'lstmgen'}-report.html", "html"
        _refuse_to_replace(Path(out), force)
    numbers = min(_LONGEST * numbers_of(loaded.network), _LARGEST)
    return _deliver(loaded, trace_source(loaded, given, numbers, messages), form, out, messages)


def _deliver(model: Model, trace: Trace, form: str, out: str | None, messages: Messages) -> None:
    import sys

    from lstmgen.inspect.report.picture import as_page
    from lstmgen.plain_json import as_json
    from lstmgen.terminal.output_file import write_text

    facts = _facts(model, trace, for_page=form == "html")
    product = as_page(facts) if form == "html" else as_json(facts) + "\n"
    if out is None:
        sys.stdout.write(product)
        return
    write_text(out, product)
    size = f" ({len(product) / 1e6:.1f} MB)" if form == "html" else ""
    messages.info(f"wrote {out}{size}")
    if form == "html":
        messages.info(f"Open it in a browser: {Path(out).absolute().as_uri()}")


def _facts(model: Model, trace: Trace, *, for_page: bool) -> dict[str, Any]:
    from lstmgen.inspect.report.measure import make_report
    from lstmgen.inspect.report.picture import Subject, page_facts, report_facts

    vocabulary = model.vocabulary
    subject = Subject(
        name=model.name or "a model",
        level=model.header["level"],
        squashing=model.header["squashing"],
        vocabulary=vocabulary.tokens,
        spaced=vocabulary.spelling.space_before(trace.ids).tolist(),
        clean=on_one_line,
    )
    made = make_report(trace, newline=model.newline)
    return page_facts(made, subject) if for_page else {"path": str(model.path), **report_facts(made, subject)}


def _refuse_to_replace(target: Path, force: bool) -> None:
    if not force:
        another = f"{target.stem}-2{target.suffix}"
        refuse_to_replace(target, f".\nReplace it: --force. Keep both: -o {another}")
