"""The report's page in a real browser: nothing fetched, nothing complained of, and the numbers are the JSON's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.cleaning import on_one_line
from lstmgen.cli import main
from lstmgen.inspect.canvas.colours import RISING, between
from lstmgen.inspect.report.measure import make_report
from lstmgen.inspect.report.picture import ReportSubject, as_page, page_facts
from lstmgen.inspection.trace import trace_ids
from tests.browser import Browser, find_browser
from tests.cli.running import SPOT
from tests.inspection.traces import model_of, network_for

pytestmark = pytest.mark.skipif(
    find_browser() is None, reason="There is no Chromium here; with Debian or Ubuntu: apt-get install chromium"
)

BOX = "document.querySelector('#closeup')"
LETTERS = ("g", "i", "f", "c", "o", "h")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests, with a window of a laptop."""
    made = Browser(find_browser() or "")
    made.size(1280, 900)
    yield made
    made.close()


@pytest.fixture(scope="module")
def tale(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    """A page of a model of two layers, as an address, and its data as --json gives it."""
    folder = tmp_path_factory.mktemp("report")
    model_of(sorted(set(SPOT))).save(folder / "tale.npz")
    common = ["inspect", "report", "-q", "-m", str(folder / "tale.npz"), "--text", SPOT]
    assert main([*common, "-o", str(folder / "tale.html")]) == 0
    assert main([*common, "-o", str(folder / "tale.json")]) == 0
    return (folder / "tale.html").as_uri(), json.loads((folder / "tale.json").read_text(encoding="utf-8"))


def page_of(path: Path, tokens: list[str], cell: str = "lstm", *, level: str = "word", L: int = 1) -> str:
    """The address of a page on all tokens, read twice by a network with lively weights."""
    network, ids = network_for(cell, V=len(tokens), L=L), np.arange(2 * len(tokens)) % len(tokens)
    trace = trace_ids(network, tokens, ids)
    squashing = network.architecture.squashing
    subject = ReportSubject("<b>a name</b>", level, squashing, tokens, [False] * len(ids))
    path.write_text(as_page(page_facts(make_report(trace), subject)), encoding="utf-8")
    return path.as_uri()


def place(browser: Browser) -> dict[str, str]:
    return browser.run("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")


def cells(browser: Browser, table: str) -> list[list[str]]:
    return browser.run(
        f"[...document.querySelectorAll('{table} tbody tr')].map(row => [...row.children].map(cell => cell.innerText))"
    )


def words(browser: Browser, selector: str) -> str:
    return browser.run(f"document.querySelector({json.dumps(selector)}).textContent")


def two(value: float) -> str:
    """As the page writes a number."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def is_quiet(browser: Browser, address: str) -> bool:
    """Nothing was asked for but the page itself, and nothing went wrong."""
    assert browser.complaints == []
    assert {request.partition("#")[0] for request in browser.requests} == {address}
    return True


def test_a_click_shows_the_numbers_of_the_json(browser: Browser, tale: tuple[str, dict]) -> None:
    address, facts = tale
    browser.open(address)
    browser.click("#units-table summary")
    for at in (7, 0, 28):
        browser.click(f"[data-at='{at}']")
        layer = int(place(browser)["layer"])
        assert place(browser)["position"] == str(at)
        values, shown = facts["values"][layer], facts["shown"][layer]
        head = browser.run("[...document.querySelectorAll('#units-table thead th')].map(cell => cell.innerText)")
        rows = cells(browser, "#units-table")
        assert [row[0] for row in rows] == [str(unit) for unit in shown]
        for letter in LETTERS:
            column = [row[head.index(letter)] for row in rows]
            assert column == [two(value) for value in values[letter][at]]
        before = values["c"][at - 1] if at else facts["first"][layer]["c"]
        assert [row[head.index("c'")] for row in rows] == [two(value) for value in before]
        assert f"{facts['bits'][at]:.2f} bits" in words(browser, "#picked")
        chances = [row[2] for row in cells(browser, "#picked table:first-of-type")][:5]
        assert chances == [f"{100 * share:.1f} %" for share in facts["shares"][at]]
    assert is_quiet(browser, address)


def test_the_wiring_shows_a_unit_and_the_mean(browser: Browser, tale: tuple[str, dict]) -> None:
    address, facts = tale
    browser.open(f"{address}#position=9&layer=0&gate=f&unit=4")
    row, values = facts["shown"][0].index(4), facts["values"][0]
    v = {letter: values[letter][9][row] for letter in LETTERS}
    shown = browser.run("[...document.querySelectorAll('#wiring .number')].map(text => text.textContent)")
    assert set(shown) >= {f"{letter} = {two(v[letter])}" for letter in LETTERS}
    assert f"c' = {two(values['c'][8][row])}" in shown
    sums = words(browser, "#equations dd").replace("(", "").replace(")", "")
    assert sums == f"{two(v['f'])} · {two(values['c'][8][row])} + {two(v['i'])} · {two(v['g'])} = {two(v['c'])}"
    browser.open(f"{address}#position=9&layer=0&gate=f&unit=mean")
    shown = browser.run("[...document.querySelectorAll('#wiring .number')].map(text => text.textContent)")
    assert set(shown) == {f"{letter} = {two(facts['means'][0][letter][9])}" for letter in facts["means"][0]}
    assert is_quiet(browser, address)


def test_keys_step_and_the_fragment_follows(browser: Browser, tale: tuple[str, dict]) -> None:
    address, facts = tale
    browser.open(f"{address}#position=3&layer=1&gate=f&unit=2")
    browser.click("[data-at='3']")
    steps = (("ArrowRight", 4), ("ArrowRight", 5), ("ArrowLeft", 4), ("End", 28), ("ArrowRight", 28), ("Home", 0))
    for key, at in steps:
        browser.press(key)
        assert place(browser)["position"] == str(at)
        assert browser.run("document.activeElement.dataset.at") == str(at)
    browser.run("document.querySelector('#closeup').focus()")
    shown = facts["shown"][1]
    row = shown.index(2)
    for key, step in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        browser.press(key)
        assert place(browser)["unit"] == str(shown[max(0, min(row + step, 5))])
    browser.press("ArrowRight")
    assert place(browser)["position"] == "1"
    value = facts["values"][1]["f"][1][shown.index(int(place(browser)["unit"]))]
    assert words(browser, "#closeup-words").endswith(f"f = {two(value)}.")
    assert is_quiet(browser, address)


def test_the_closeup_is_clicked_where_it_is_drawn(browser: Browser, tale: tuple[str, dict]) -> None:
    address, facts = tale
    browser.open(f"{address}#position=3&layer=0&gate=o&unit=mean")
    assert "Pick a unit" in words(browser, "#equations")
    width, height = browser.run("[closeup.clientWidth, closeup.firstChild.clientHeight]".replace("closeup", BOX))
    cell, row, top = 13, 16, 24  # of characters, and of so few units
    browser.click("#closeup canvas", x=10.5 * cell / width, y=(top + 2.5 * row) / height)
    unit = facts["shown"][0][2]
    assert (place(browser)["position"], place(browser)["unit"]) == ("10", str(unit))
    value = facts["values"][0]["o"][10][2]
    assert words(browser, "#closeup-words").endswith(f"At \u2068“{SPOT[10]}”\u2069 unit {unit} has o = {two(value)}.")
    dot = f"{BOX}.firstChild.getContext('2d').getImageData({10 * cell + 6}, {top + 2 * row + 8}, 1, 1).data"
    assert np.abs(np.array(browser.run(f"[...{dot}].slice(0, 3)")) - between(RISING, value)).max() <= 3
    browser.click("#closeup canvas", x=(width - 9) / width, y=(top + 4.5 * row) / height)
    assert (place(browser)["position"], place(browser)["unit"]) == ("10", str(facts["shown"][0][4]))
    assert is_quiet(browser, address)


def test_the_fragment_restores_the_place(browser: Browser, tale: tuple[str, dict]) -> None:
    address, _ = tale
    wanted = {"position": "11", "layer": "0", "gate": "o", "unit": "3", "theme": "dark"}
    browser.open(address + "#" + "&".join(f"{name}={value}" for name, value in wanted.items()))
    assert place(browser) == wanted
    assert browser.run("document.querySelector('[aria-selected=true]').dataset.at") == "11"
    assert browser.run("['layer', 'unit', 'slider'].map(id => document.getElementById(id).value)") == ["0", "3", "11"]
    assert words(browser, "#closeup-head").startswith("Close up: selection o, output gate (1 releases, 0 holds back)")
    dark = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.click("#theme")
    assert place(browser)["theme"] == "light"
    assert browser.run("getComputedStyle(document.body).backgroundColor") != dark
    browser.run("location.hash = '#position=5&unit=mean'")
    settled = browser.run("new Promise(done => setTimeout(() => done(location.hash), 50))")
    assert settled == "#position=5&layer=0&gate=o&unit=mean&theme=light"
    browser.open(f"{address}#position=99999&layer=x&gate=<b>&unit=777&theme=pink")
    found = place(browser)
    assert found["position"] == "28" and found["gate"] in LETTERS and int(found["unit"]) < 6 and "theme" not in found
    assert is_quiet(browser, address)


def test_look_here_leads_there(browser: Browser, tale: tuple[str, dict]) -> None:
    address, facts = tale
    browser.open(address)
    for k, found in enumerate(facts["places"]):
        browser.click(f"#places li:nth-child({k + 1}) a")
        assert place(browser) == {name: str(found[name]) for name in ("position", "layer", "gate", "unit")}
        assert browser.run("document.querySelector('#places [aria-current] b').textContent") == found["title"]
    assert is_quiet(browser, address)


@pytest.mark.parametrize(("width", "dark"), ((1280, False), (1280, True), (390, False), (390, True)))
def test_it_fits_wide_and_narrow(browser: Browser, tale: tuple[str, dict], width: int, dark: bool) -> None:
    try:
        browser.size(width, 844, dark=dark)
        browser.open(tale[0])
        for name in ("text", "overview", "closeup", "units"):
            browser.click(f"#{name}-table summary")
            assert len(cells(browser, f"#{name}-table")) == {"text": 29}.get(name, 6)
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run("getComputedStyle(document.body).backgroundColor") == (
            "rgb(21, 21, 26)" if dark else "rgb(250, 249, 246)"
        )
        assert is_quiet(browser, tale[0])
    finally:
        browser.size(1280, 900)


@pytest.mark.parametrize("cell", ("lstm", "gru", "rnn"))
def test_text_and_cell_are_seen_together(browser: Browser, tmp_path: Path, cell: str) -> None:
    address = page_of(tmp_path / "many.html", [f"word{k}" for k in range(300)], cell)
    try:
        browser.size(1280, 720)
        browser.open(address)
        for name in ("play", "slider", "text", "picked", "wiring"):
            top, bottom, left, right = browser.run(
                f"(() => {{ const b = document.getElementById('{name}').getBoundingClientRect();"
                "return [b.top, b.bottom, b.left, b.right] })()"
            )
            assert 0 <= top < bottom <= 720 and 0 <= left < right <= 1280, name
            assert name in ("play", "slider") or bottom - top > 200, name
        assert browser.run("document.documentElement.scrollTop") == 0
    finally:
        browser.size(1280, 900)


def test_the_text_plays(browser: Browser, tale: tuple[str, dict]) -> None:
    address, _ = tale
    browser.open(f"{address}#position=25")
    steps = "(() => { globalThis.setInterval = (step) => { globalThis.step = step; return 1 } })()"  # by hand, here
    browser.run(steps)
    assert words(browser, "#play") == "▶ Play"
    browser.press(" ")
    for position in ("26", "27"):
        browser.run("step()")
        assert place(browser)["position"] == position and words(browser, "#play") == "❚❚ Pause"
    browser.press(" ")
    assert place(browser)["position"] == "27" and words(browser, "#play") == "▶ Play"
    browser.click("#play")
    browser.run("step()")
    assert place(browser)["position"] == "28" and words(browser, "#play") == "▶ Play"  # the end
    browser.click("#play")
    assert place(browser)["position"] == "0" and words(browser, "#play") == "❚❚ Pause"  # and anew
    browser.click("#play")
    browser.run("document.querySelector('#play').focus()")
    browser.press("Tab")
    assert browser.run("document.activeElement.id") == "slider"  # a button that is disabled is left out
    assert is_quiet(browser, address)


@pytest.mark.parametrize("theme", ("light", "dark"))
def test_the_ground_that_was_asked_for(browser: Browser, tmp_path: Path, theme: str) -> None:
    model_of(sorted(set(SPOT))).save(tmp_path / "tale.npz")
    page = tmp_path / "tale.html"
    arguments = ["inspect", "report", "-q", "-m", str(tmp_path / "tale.npz"), "--text", SPOT, "-o", str(page)]
    assert main([*arguments, "--theme", theme]) == 0
    browser.open(page.as_uri())
    ground = {"light": "rgb(250, 249, 246)", "dark": "rgb(21, 21, 26)"}
    assert browser.run("getComputedStyle(document.body).backgroundColor") == ground[theme]
    browser.click("#theme")
    other = "dark" if theme == "light" else "light"
    assert browser.run("getComputedStyle(document.body).backgroundColor") == ground[other]


HOSTILE = [
    "</script><img src=x onerror=alert(1)>", "<!--", '"', "'", "\u2028", "\u202eabc", "😀", "&amp;", "$title", "\n",
]  # fmt: skip


@pytest.mark.parametrize("cell", CELL_FACTS)
def test_hostile_tokens_are_text_in_every_cell(browser: Browser, tmp_path: Path, cell: str) -> None:
    address = page_of(tmp_path / "hostile.html", HOSTILE, cell, L=2)
    browser.open(address)
    once = "".join("↵\n" if token == "\n" else on_one_line(token) for token in HOSTILE)
    assert words(browser, "#text") == once * 2
    assert words(browser, "h1") == "<b>a name</b>"
    assert browser.run("document.querySelectorAll('img, #text b, #picked img, script').length") == 2
    for name in ("text", "overview", "closeup", "units"):
        browser.click(f"#{name}-table summary")
    browser.click("[data-at='10']")
    assert words(browser, "#picked .big") == HOSTILE[0][:13] + "…"
    assert browser.run("document.querySelectorAll('[data-needs]').length") == (1 if cell == "peephole" else 0)
    assert browser.run("document.querySelectorAll('#overview button').length") == len(CELL_FACTS[cell].letters)
    assert is_quiet(browser, address)


def test_the_policy_is_in_force(browser: Browser, tale: tuple[str, dict]) -> None:
    browser.open(tale[0])
    assert browser.run("fetch('data:,x').then(() => 'fetched', () => 'refused')") == "refused"
    made = (
        "const made = document.createElement('script'); made.textContent = 'window.ran = 1'; document.body.append(made)"
    )
    assert browser.run(f"(() => {{ try {{ {made} }} catch {{}} return window.ran ?? 'refused' }})()") == "refused"
    assert browser.complaints != []
