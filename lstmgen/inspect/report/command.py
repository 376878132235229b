"""`lstmgen inspect report`: everything about a text and a model, in one page that opens without a network."""

from __future__ import annotations

from pathlib import Path

from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.models import load_model
from lstmgen.inspect.commands.output import form_of
from lstmgen.inspect.commands.source import take_source
from lstmgen.output_file import write_text
from lstmgen.paths import refuse_to_replace
from lstmgen.terminal.options import STDOUT
from lstmgen.terminal.streams import Messages, OutputStream
from lstmgen.terminal.working import working


def report(
    model: options.ModelName = None,
    text: options.Text = None,
    file: options.File = None,
    encoding: options.FileEncoding = None,
    max_tokens: options.MaxTokens = None,
    json: options.Json = False,
    out: options.ReportOut = None,
    theme: options.ReportTheme = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
) -> None:
    """Make one web page of everything: a text, how surprising it was, and what every gate did.

    [bold]lstmgen inspect report[/]                       on text written by the model
    [bold]lstmgen inspect report --file story.txt[/]      on your own text
    [bold]lstmgen inspect report -o s.html --force[/]     under another name, replacing it
    """
    form = form_of(out, json, ("html", "json"))
    if out is not None and out != STDOUT:
        _refuse_to_replace(Path(out), force)
    messages = Messages(quiet)
    source = take_source(text, file, encoding, messages)
    loaded = load_model(model, messages)
    given = source.read(loaded.header, messages)
    if out is None and form != "json":
        out, form = f"{loaded.path.stem if loaded.path else 'lstmgen'}-report.html", "html"
        _refuse_to_replace(Path(out), force)
    ground = options.theme_of(theme, form)
    with working(messages, "Making the page", silent=json):
        view = loaded.report(given, max_tokens=max_tokens)
        product = view.product(form, ground)
    for note in view.notes:
        messages.notice(note)
    if out is None or out == STDOUT:
        stream = OutputStream()
        stream.write(product)
        return stream.finish()
    write_text(out, product)
    size = f" ({len(product) / 1e6:.1f} MB)" if form == "html" else ""
    messages.info(f"wrote {out}{size}")
    if form == "html":
        messages.info(f"Open it in a browser: {Path(out).absolute().as_uri()}")


def _refuse_to_replace(target: Path, force: bool) -> None:
    if not force:
        another = f"{target.stem}-2{target.suffix}"
        refuse_to_replace(target, f".\nReplace it: --force. Keep both: -o {another}")
