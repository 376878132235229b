"""What a model is, in a line and in a small table: how Python and notebooks show it."""

from __future__ import annotations

import html
from collections.abc import Iterable

from lstmgen.cleaning import on_one_line
from lstmgen.inspection.loaded import LoadedModel
from lstmgen.settings import TOKEN_NOUNS


def summary_line(model: LoadedModel) -> str:
    """Its name, cell, size, level, vocabulary and, if they were measured, bits per character."""
    name = f" {model.name}" if model.name else ""
    return f"<Model{name}: {', '.join(value for _, value in _facts(model))}>"


def summary_html(model: LoadedModel) -> str:
    """The same as a table, escaped."""
    name = [("name", model.name)] if model.name else []
    return table_html([*name, *_facts(model)])


def table_html(rows: Iterable[tuple[str, str]]) -> str:
    """A table with a heading beside each value; both are escaped."""
    cells = (
        f'<tr><th style="text-align:left">{html.escape(heading)}</th>'
        f'<td style="text-align:left">{html.escape(on_one_line(value))}</td></tr>'
        for heading, value in rows
    )
    return f"<table>{''.join(cells)}</table>"


def _facts(model: LoadedModel) -> list[tuple[str, str]]:
    header, training = model.header, model.header["training"]
    sizes, bits = header["sizes"], training.get("final_bits_per_character")
    layers = "1 layer" if sizes["layers"] == 1 else f"{sizes['layers']} layers"
    rows = [
        ("cell", header["cell"]),
        ("size", f"{layers} x {sizes['units']:,} units"),
        ("level", f"{TOKEN_NOUNS[header['level']]}s"),
        ("vocabulary", f"{sizes['vocabulary']:,} tokens"),
    ]
    if isinstance(bits, float):
        rows.append(("validation", f"{bits:.3f} bits per character"))
    return rows
