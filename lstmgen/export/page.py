"""One page of HTML that writes: opens from a file, fetches nothing, runs only the scripts it was made with.

The page is a template, a style and two scripts in parts, all in webpage/: one for what is seen, one for a Web Worker
that computes, so that the page never freezes. What the model is stands in a block of JSON, in which nothing can end the
block, and its weights in a block of base64. Texts from outside reach the page as text only.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from string import Template

from lstmgen.export.packing import json_in_script, laid_out, read_part, read_parts
from lstmgen.export.page_facts import page_facts_of
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import rounded_arrays
from lstmgen.modelfile import ModelFile

# In the order in which they need one another; one script each.
_WORKER = ("random", "filters", "drawer", "weights", "network", "worker")
_PAGE = (
    "elements", "tokens", "facts", "book", "sheet", "closer", "gates", "dials", "about", "writing", "start",
)  # fmt: skip


def writing_page(file: ModelFile, request: ExportRequest) -> bytes:
    """The whole page of a model, in UTF-8."""
    listed, weights = laid_out(rounded_arrays(file.arrays, request.weights))
    facts = page_facts_of(file, request, listed)
    style, script, worker = read_part("page.css"), _joined(_PAGE), _joined(_WORKER)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; worker-src blob:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types worker"
    )
    page = Template(read_part("page.html")).substitute(
        title=escape(facts["title"]),
        policy=policy,
        style=style,
        facts=json_in_script(facts),
        weights=weights,
        worker=worker,
        script=script,
    )
    return page.encode("utf-8")


@cache
def _joined(parts: tuple[str, ...]) -> str:
    return f'"use strict";\n{read_parts(parts)}'


def _hash(text: str) -> str:
    """As a Content-Security-Policy names what may run: of the element's text, to the letter."""
    return "sha256-" + base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode("ascii")
