"""A JavaScript module that writes, in one file under 200 lines: to be used as it is, and to be read by those who write
a player in another language. What it says at its top is all that such a player needs to know.

It computes plainly, in doubles, and draws with a random source of its own; the page has the fast network, every filter
and the same text as `sample` for a seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmgen.cleaning import on_one_line
from lstmgen.export.packing import json_in_script, laid_out, read_part
from lstmgen.export.page_facts import page_facts_of
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import rounded_arrays
from lstmgen.modelfile import ModelFile

# What a player needs of the facts: short ones on one line, long ones each on its own.
_SHORT = ("cell", "squashing", "skip_sum", "gates", "sizes", "unknown", "end", "length", "temperature", "min_p")
_LONG = ("cut", "spaces", "tokens", "arrays")

# The model comes last, since it is long lines; what is before only names it.
_MODEL = """\
const facts = {{
  {facts},
}};
const weights = "{weights}";
const arrays = readArrays();
if (import.meta.filename && import.meta.filename === globalThis.process?.argv[1]) {{ // node THIS.js "a prompt"
  console.log((process.argv[2] ?? "") + sample({{prompt: process.argv[2]}}));
}}
"""

_HEAD = """\
// {title}{author}
//{note}
// A recurrent network that writes, alone: in node (20.19 or later) `node THIS.js "{prompt}"`, in a page or a program
//     import {{sample, write}} from "./THIS.js";
//     sample({{prompt: "{prompt}", temperature: 0.8, length: 200, seed: 1}})   // a text
//     for (const text of write()) show(text);   // token by token
//
//
"""


def javascript_module(file: ModelFile, request: ExportRequest) -> bytes:
    """The whole module, in UTF-8."""
    listed, weights = laid_out(rounded_arrays(file.arrays, request.weights))
    facts = page_facts_of(file, request, listed)
    note = "".join(f"\n// {on_one_line(line)}" for line in request.note.splitlines())
    head = _HEAD.format(
        title=facts["title"],
        author=f", by {facts['author']}" if facts["author"] else "",
        note=note + "\n//" if note else "",
        prompt="" if facts["lines"] else "...",
    )
    model = _MODEL.format(facts=_on_lines(facts), weights=weights)
    return f"{head}{read_part('player.js')}\n\n{model}".encode()


def _on_lines(facts: Mapping[str, Any]) -> str:
    """What a player needs, as the inside of an object."""
    groups = (_SHORT, *((name,) for name in _LONG))
    return ",\n  ".join(json_in_script({name: facts[name] for name in group})[1:-1] for group in groups)
