"""A JavaScript module that writes: for a page, a game or a server of one's own; no other file, no library.

It is made of the parts that the exported page computes with, readable as they stand, and ends with the model.
"""

from __future__ import annotations

from lstmgen.cleaning import on_one_line
from lstmgen.export.packing import json_in_script, laid_out, read_parts
from lstmgen.export.page_facts import page_facts_of
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import rounded_arrays
from lstmgen.modelfile import ModelFile

_PARTS = ("random", "filters", "drawer", "weights", "network", "tokens", "module")

# The model comes last, since it is long lines; what is before only names it.
_MODEL = """\
const facts = {facts};
const weights = "{weights}";
const arrays = readArrays(facts.arrays, weights), vocabulary = new Vocabulary(facts), drawer = new Drawer(facts);
"""

_HEAD = """\
// {title}{author}
//{note}
//     import {{sample, write}} from "./THIS.js";
//     sample({{prompt: "{prompt}", seed: 1, length: 200, temperature: 0.8}})   // a text
//     for (const text of write({{seed: 2}})) show(text);                      // token by token
//
// Further options: index (of the sample), topK, topP, minP, as `lstmgen sample` has them. It runs in browsers and in
// node, and computes where it is called: in a page put it into a worker, or ask write() for a few tokens at a time.
//
// The model, at the end: `facts` says what the network is. `weights` is base64 of its arrays, each from the byte `at`
// on, as little-endian numbers of a `kind`, row by row; where there are scales (float32, one a row), its numbers are to
// be multiplied by them.
// The arrays have the textbook's names: embedding (V, E); layers.K.W (G, H, D), .U (G, H, H), .b (G, H), gates in the
// order of `facts.gates`, "g" or "n" the candidate; .p (3, H) peepholes of f, i, o; .b_hn (H) under a GRU's reset;
// output.W (V, H), or else the embedding; output.b (V). A token whose digit in `facts.spaces` has bit 1 takes a space
// before it, bit 2 gives one after it; where both agree there is one. `facts.end` ends a line or document.
// Made with lstmgen.
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
    model = _MODEL.format(facts=json_in_script(facts), weights=weights)
    return f"{head}\n{read_parts(_PARTS)}\n\n{model}".encode()
