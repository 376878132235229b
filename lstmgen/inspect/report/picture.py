"""A report as one page of HTML: opens from a file, fetches nothing, runs only the script it was made with.

The page is a template (page.html), a style (report.css) and a script in parts (*.js), filled in here. The data stand
in a block of JSON in which nothing can end the block; the script writes them as text only.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.report.page_picture import ReportSubject, page_facts, report_facts
from lstmgen.plain_json import as_json

__all__ = ["ReportSubject", "as_page", "page_facts", "report_facts"]

# In the order in which they need one another; one module script in the page.
PARTS = (
    "elements", "data", "colours", "place", "play", "text", "picked", "wiring", "overview", "closeup", "tables",
    "start",
)  # fmt: skip

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def as_page(facts: Mapping[str, Any], theme: str | None = None) -> str:
    """The whole file from what `page_facts` gives. theme: at the start, "light" or "dark"; None: the browser's."""
    style, script = _read("report.css"), _script()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return Template(_read("page.html")).substitute(
        title=escape(str(facts["title"])),
        look="" if theme is None else f' data-theme="{theme}"',
        policy=policy,
        style=style,
        wiring=_read(f"wiring-{_drawn(facts['cell'])}.svg"),
        data=in_page(facts),
        script=script,
    )


def _drawn(cell: str) -> str:
    """The cell whose wiring picture fits this one too: the first that has the same gates."""
    return next(name for name, facts in CELL_FACTS.items() if facts.gates == CELL_FACTS[cell].gates)


def in_page(facts: Mapping[str, Any]) -> str:
    """JSON in ASCII without a sign that HTML reads: it stays JSON, and no text in it can end its block."""
    text = as_json(facts)
    for sign, spelt in _ESCAPES.items():
        text = text.replace(sign, spelt)
    return text


@cache
def _script() -> str:
    return "\n".join(_read(f"{part}.js") for part in PARTS)


def _read(name: str) -> str:
    return files("lstmgen.inspect.report").joinpath(name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    """As a Content-Security-Policy names what may run: of the element's text, to the letter."""
    return "sha256-" + base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode("ascii")
