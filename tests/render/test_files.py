"""Pictures as SVG and HTML: the same text at the same places, nothing fetched, nothing that could run."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style

from lstmgen.inspect.canvas.colours import lightness
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture
from lstmgen.inspect.canvas.svg import CELL, LINE, MARGIN, as_svg
from lstmgen.inspect.canvas.webpage import as_webpage
from lstmgen.inspect.common.data import Table, as_csv

NS = "{http://www.w3.org/2000/svg}"
ON_RED = Style(bgcolor="#ff0000", color="#00ff00")


def picture() -> Picture:
    made = Picture()
    made.add(Segment("Title", STRONG), "  plain   far")
    made.add("", Segment("日本", ON_RED), Segment("<b>&", FAINT))
    return made


def test_svg_puts_letters_and_grounds_on_the_grid() -> None:
    root = ET.fromstring(as_svg(picture(), "a <title>"))
    assert root.find(f"{NS}title").text == "a <title>"
    found = {e.text: (float(e.get("x")), float(e.get("textLength")), e.attrib) for e in root.iter(f"{NS}text")}
    assert list(found) == ["Title", "plain", "far", "日本", "<b>&"]
    assert found["plain"][:2] == (round(MARGIN + 7 * CELL, 4), 5 * CELL)
    assert found["far"][0] == round(MARGIN + 15 * CELL, 4)
    assert found["日本"][1] == 4 * CELL and found["<b>&"][0] == round(MARGIN + 4 * CELL, 4)
    assert found["Title"][2]["font-weight"] == "bold" and "opacity" in found["<b>&"][2]
    ground = [e for e in root.iter(f"{NS}rect") if e.get("fill") == "#ff0000"]
    assert [(float(e.get("x")), float(e.get("y")), float(e.get("width"))) for e in ground] == [
        (MARGIN, MARGIN + LINE, round(4 * CELL, 4))
    ]


class Reader(HTMLParser):
    """Tags and the text inside <pre>."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text, self.inside = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside = self.inside or tag == "pre"
        assert not {name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}}

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


def test_webpage_keeps_the_text_and_its_looks() -> None:
    page = as_webpage(picture(), "t")
    assert Reader(page).text == "Title  plain   far\n日本<b>&\n"
    assert '<span style="color:#00ff00;background:#ff0000">日本</span>' in page
    assert "default-src 'none'" in page


@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_text_stays_text(lines: list[str]) -> None:
    made = Picture([[Segment(line)] for line in lines])
    page, drawing = as_webpage(made, "".join(lines)), as_svg(made, "".join(lines))
    assert set(Reader(page).tags) == {"html", "head", "meta", "title", "style", "body", "pre"}
    tags = {element.tag for element in ET.fromstring(drawing).iter()}
    assert tags <= {f"{NS}{name}" for name in ("svg", "title", "rect", "text")}
    for product in (page, drawing):
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", product)


def test_on_a_light_page_letters_in_colour_are_dark_enough_to_read_and_cells_stay_as_they_are() -> None:
    made = Picture()
    straw, navy = (Style(color=colour) for colour in ("#fff096", "#000080"))
    made.add(Segment("straw", straw), Segment("日", ON_RED), "plain", Segment("navy", navy))
    for drawing, ground, ink in ((as_svg, 'fill="#ffffff"', "#1c1c22"), (as_webpage, "background: #ffffff", "#1c1c22")):
        light, dark = drawing(made, "", "light"), drawing(made)
        assert ground in light and ink in light and "#e4e4e8" not in light
        assert "#fff096" in dark and "#16161c" in dark and drawing(made, "", "dark") == dark
        assert "#fff096" not in light and "#000080" in light  # what is dark stays
        assert light.count("#00ff00") == dark.count("#00ff00") == 1  # on a ground of its own
    (found,) = re.findall(r">straw<|fill=\"(#\w+)\">straw", as_svg(made, "", "light"))
    red, green, blue = (int(found[at : at + 2], 16) for at in (1, 3, 5))
    assert 4.45 < 1.05 / (lightness(red, green, blue) + 0.05) < 4.8


def test_a_line_that_is_too_long_goes_on_below() -> None:
    made = Picture()
    made.add("short")
    made.add(Segment("  lstmgen train", STRONG), " storybook --level char")
    made.add("日本日本日本日本日本日本")
    made.add("")
    folded = made.fold(20)
    assert folded.plain == "short\n  lstmgen train\n  storybook --level\n  char\n日本日本日本日本日本\n  日本\n\n"
    assert folded.width == 20 and folded.lines[1][0].style == STRONG
    assert made.fold(80).plain == made.plain


@given(st.text(st.characters(exclude_categories=["C"]), max_size=60), st.integers(6, 30))
def test_folding_loses_nothing_but_blanks(text: str, width: int) -> None:
    folded = Picture([[Segment(text)]]).fold(width)
    assert folded.width <= width
    assert "".join(folded.plain.split()) == "".join(text.split())


def test_csv_reads_back() -> None:
    rows = [["a,b", 'quo"te', np.float32(0.1), np.nan, np.int64(3)], ["line\nend", "", 1e30, None, 0]]
    text = as_csv(Table(["p", "q", "r", "s", "t"], rows))
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found == [
        ["p", "q", "r", "s", "t"],
        ["a,b", 'quo"te', "0.1", "", "3"],
        ["line\nend", "", "1e+30", "", "0"],
    ]
