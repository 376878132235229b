"""The page that writes, in a real browser: it asks for nothing, complains of nothing, writes what `sample` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import Model, load
from tests.browser import Browser, find_browser, load_module
from tests.cli.running import cycle
from tests.untrained import CASES, LETTERS, TEXTS, prompt_for, untrained

pytestmark = pytest.mark.skipif(
    find_browser() is None, reason="There is no Chromium here; with Debian or Ubuntu: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests, with a window of a laptop."""
    made = Browser(find_browser() or "")
    made.size(1280, 800)
    yield made
    made.close()


def open_page(browser: Browser, folder: Path, model: Model, **words: str) -> str:
    """Its address, once it is open and all of it is read."""
    path = folder / "page.html"
    model.export(path, **{"weights": "float32", **words})
    browser.open(path.as_uri())
    return path.as_uri()


def fill(browser: Browser, **fields: object) -> None:
    """Fill in fields by their ids (with _ for -), as a person does."""
    for name, value in fields.items():
        field = f"document.getElementById({json.dumps(name.replace('_', '-'))})"
        browser.run(f"{field}.value = {json.dumps(str(value))}, {field}.dispatchEvent(new Event('input')), 0")


def press(browser: Browser, button: str = "#write") -> str:
    """Press it and wait until nothing is written any more; the text then."""
    browser.click(button)
    wait_until(browser, "document.querySelector('#write').textContent !== 'Pause'")
    return text_of(browser)


def wait_until(browser: Browser, true: str) -> None:
    """Until an expression is true in the page."""
    browser.run(f"new Promise(done => {{ const look = () => {true} ? done() : setTimeout(look, 10); look(); }})")


def write_and_pause(browser: Browser) -> str:
    """Begin to write and pause as soon as a text is seen, inside the page, so that no speed matters; the text then."""
    browser.run(
        "new Promise(done => { const button = document.querySelector('#write'), text = document.querySelector('#text');"
        "const look = (_, watch) => { if (!text.textContent) return; watch.disconnect(); button.click(); done(0); };"
        "new MutationObserver(look).observe(text, {childList: true, characterData: true, subtree: true});"
        "button.click(); if (button.textContent !== 'Pause') throw new Error(button.textContent); })"
    )
    wait_until(browser, "document.querySelector('#write').textContent !== 'Pause'")
    return text_of(browser)


def text_of(browser: Browser) -> str:
    return browser.run("document.querySelector('#text').textContent")


def is_quiet(browser: Browser, address: str) -> bool:
    """Nothing was asked for but the page and its own worker, and nothing went wrong."""
    assert browser.complaints == []
    asked = {request.partition("#")[0] for request in browser.requests if not request.startswith("blob:")}
    assert asked == {address}
    return True


@pytest.mark.parametrize("name", CASES)
def test_it_writes_what_sample_writes(browser: Browser, tmp_path: Path, name: str) -> None:
    model = CASES[name]
    address = open_page(browser, tmp_path, model)
    prompt = prompt_for(model)
    for begin, seed, how in (("", 7, {}), (prompt, 2**32 + 5, {"temperature": 1.25, "top_p": 0.9, "min_p": 0.01})):
        fill(browser, prompt=begin, seed=seed, length=500, **{"min_p": 0, **how})
        assert press(browser) == model.sample(begin, seed=seed, length=500, **{"min_p": 0, **how})
    assert is_quiet(browser, address)


def test_the_bundled_model_writes_the_same(browser: Browser, tmp_path: Path) -> None:
    model = load("ready")
    address = open_page(browser, tmp_path, model)
    fill(browser, prompt="Once upon a time", seed=1)
    hint = "getComputedStyle(document.querySelector('#text'), '::before').content"
    assert browser.run(hint) == '"Press Write."'
    once = press(browser)
    assert browser.run(hint) == "none"
    assert once == model.sample("Once upon a time", seed=1) and len(once) == 516
    assert press(browser) == model.sample("Once upon a time", seed=1, length=1000)
    assert is_quiet(browser, address)


@pytest.mark.parametrize(
    "how", [{"top_k": 3}, {"top_k": 1}, {"temperature": 0}, {"top_k": 9, "top_p": 0.5}, {"min_p": 0.4}, {"top_p": 0}]
)
def test_filters(browser: Browser, tmp_path: Path, how: dict[str, float]) -> None:
    model = CASES["gru"]
    open_page(browser, tmp_path, model)
    fill(browser, seed=3, length=200, **how)
    assert press(browser) == model.sample(seed=3, length=200, **how)


def test_lines(browser: Browser, tmp_path: Path) -> None:
    model = untrained(LETTERS, lines=True, seed=2)
    model.file.arrays["output.b"][LETTERS.index("\n")] += 2.5  # short lines, some of which would be empty
    address = open_page(browser, tmp_path, model)
    fill(browser, seed=4, lines=30)
    lines = model.samples(60, seed=4)
    assert press(browser).split("\n") == lines[:30] and all(lines)
    assert press(browser).split("\n") == lines
    fill(browser, seed=9, prompt="a b", lines=5)
    assert press(browser).split("\n") == model.samples(5, "a b", seed=9)
    assert is_quiet(browser, address)


def test_one_document_after_the_other(browser: Browser, tmp_path: Path) -> None:
    model = CASES["documents"]
    open_page(browser, tmp_path, model)
    fill(browser, seed=7)
    documents = model.samples(3, seed=7)
    for count in (1, 2, 3):
        assert press(browser) == "\n\n".join(documents[:count])


def test_the_module_writes_in_a_page(browser: Browser, tmp_path: Path) -> None:
    model = CASES["lstm"]
    model.export(tmp_path / "it.js", weights="float32", title="a\n*/ alert(1)", note="one\n*/ two\u2028alert(2)")
    browser.open("about:blank")
    load_module(browser, tmp_path / "it.js")
    written = browser.run("it.sample({prompt: 'a fable. ', temperature: 0, length: 100})")
    assert written == model.sample("a fable. ", temperature=0, length=100, echo=False)
    assert browser.run("[...it.write({length: 3})].length") == 3
    assert browser.complaints == []


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--",
    '"',
    "'",
    "\u2028",
    "\u202eabc",
    "😀",
    "&amp;",
    "$title",
    "\n",
]


def test_hostile_texts_are_text(browser: Browser, tmp_path: Path) -> None:
    model = cycle(HOSTILE, level="token")
    bad = "</title><script>alert(1)</script>"
    address = open_page(browser, tmp_path, model, title=bad, author="<img src=x>", note="<b>\u2029</b>")
    fill(browser, prompt="<b>bold</b> &amp;", length=25)
    written = press(browser)
    assert written == model.sample("<b>bold</b> &amp;", seed=1, length=25)
    for look in ("surprise", "gates"):
        browser.click(f"[data-look={look}]")
    browser.click("[data-look=surprise]")
    browser.click("#at-0-5")
    assert HOSTILE[0] in browser.run("document.querySelector('#choices').textContent")
    assert browser.run("document.querySelectorAll('img, #text b, #note b, script').length") == 4  # our own four blocks
    assert browser.run("['title', 'author', 'note'].map(id => document.getElementById(id).textContent)") == [
        bad, "by <img src=x>", "<b>\u2029</b>",
    ]  # fmt: skip
    assert browser.run("document.title") == bad
    assert is_quiet(browser, address)


@pytest.mark.parametrize("level", ["char", "word", "token"])
def test_texts_are_cut_as_everywhere(browser: Browser, tmp_path: Path, level: str) -> None:
    tokens = untrained(["a"], level=level).vocabulary
    known = sorted({token for text in TEXTS for token in tokens.tokenize(text)})
    model = untrained(known, level=level)
    open_page(browser, tmp_path, model)
    for text in TEXTS:
        fill(browser, seed=1, length=1)
        given = text.replace("\r\n", "\n")  # as the field has it
        expected = model.sample(given, seed=1, length=1)
        fill(browser, prompt=text)
        assert press(browser) == expected


def test_characters_are_composed_as_the_model_learned_them(browser: Browser, tmp_path: Path) -> None:
    for known, given in (("é", "cafe\u0301"), ("e\u0301", "café")):
        model = untrained([*dict.fromkeys("caf" + known)])
        open_page(browser, tmp_path, model)
        fill(browser, prompt=given, seed=1, length=5)
        written = press(browser)
        assert written == model.sample(given, seed=1, length=5) and written.startswith("caf" + known)


def test_what_the_model_never_saw(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, CASES["lstm"])
    fill(browser, prompt="aZbY", seed=1, length=5)
    assert press(browser) == CASES["lstm"].sample("aZbY", seed=1, length=5)
    assert browser.run("document.querySelector('#status').textContent") == "The model never saw “Z” “Y”: left out."
    open_page(browser, tmp_path, CASES["words"])
    fill(browser, prompt="the heron saw", seed=1, length=5)
    assert press(browser) == CASES["words"].sample("the heron saw", seed=1, length=5)


def test_a_place_is_chosen_anew_and_taken_back(browser: Browser, tmp_path: Path) -> None:
    model = CASES["lstm"]
    open_page(browser, tmp_path, model)
    fill(browser, prompt="ab", seed=5, length=40)
    first = press(browser)
    browser.click("[data-look=surprise]")
    browser.click("#at-0-10")
    logits = model.trace(first[:10])
    shares = np.exp(logits.logits[-1] - logits.logits[-1].max())
    best = np.argsort(-shares, kind="stable")[:10]
    wait_until(browser, "document.querySelector('#choices button') !== null")
    offered = browser.run("[...document.querySelectorAll('#choices button')].map(one => Number(one.dataset.choice))")
    assert offered == best.tolist()
    percents = browser.run(
        "[...document.querySelectorAll('#choices .percent')].map(one => parseFloat(one.textContent))"
    )
    np.testing.assert_allclose(percents, 100 * shares[best] / shares.sum(), atol=0.051)
    other = next(k for k in offered if LETTERS[k] not in (first[10], "\n"))
    second = press(browser, f"[data-choice='{other}']").replace("↵", "")
    assert second[:11] == first[:10] + LETTERS[other] and len(second) == 51
    browser.click("[data-look=read]")
    browser.click("#undo")
    assert text_of(browser) == first
    browser.click("#redo")
    assert text_of(browser) == second
    browser.click("#undo")
    browser.click("#undo")
    assert text_of(browser) == ""
    assert browser.complaints == []


def test_surprise_is_what_score_says(browser: Browser, tmp_path: Path) -> None:
    model = CASES["peephole, identity"]
    open_page(browser, tmp_path, model)
    fill(browser, prompt="abc", seed=5, length=40)
    text = press(browser)
    browser.click("[data-look=surprise]")
    bits = model.score(text).nats / np.log(2)
    heat = browser.run(
        "[...document.querySelectorAll('#text [role=option]')].map(one => one.style.getPropertyValue('--heat'))"
    )
    assert len(heat) == 43
    shown = np.array([float(one.removesuffix("%")) for one in heat])
    np.testing.assert_allclose(shown, np.minimum(100 * bits / 8, 100), atol=0.51)


def test_keys_walk_through_the_text(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, CASES["lstm"])
    fill(browser, seed=5, length=30)
    press(browser)
    browser.click("[data-look=surprise]")
    browser.run("document.querySelector('#text').focus()")
    active = "document.querySelector('#text').getAttribute('aria-activedescendant')"
    for key, at in (
        ("ArrowRight", 0),
        ("ArrowRight", 1),
        ("End", 29),
        ("ArrowRight", 29),
        ("ArrowLeft", 28),
        ("Home", 0),
    ):
        browser.press(key)
        assert browser.run(active) == f"at-0-{at}"
    assert browser.complaints == []


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn", "peephole, identity"])
def test_a_unit_is_held(browser: Browser, tmp_path: Path, name: str) -> None:
    model = CASES[name]
    open_page(browser, tmp_path, model)
    browser.click("[data-look=gates]")
    fill(browser, seed=5, length=100, unit=3, held=0.5, prompt="abc")
    browser.click("#hold")
    written = press(browser).replace("↵", "")
    assert (
        written == model.clamped("3=0.5").sample("abc", seed=5, length=100) != model.sample("abc", seed=5, length=100)
    )
    letters = browser.run("[...document.querySelectorAll('#strips canvas')].map(one => one.dataset.letter)")
    assert letters == [one.letter for one in model.network.architecture.facts.traced]
    assert browser.complaints == []


def test_it_is_paused_and_goes_on(browser: Browser, tmp_path: Path) -> None:
    model = untrained(LETTERS, H=96, L=2)
    open_page(browser, tmp_path, model)
    fill(browser, seed=5, length=100000)
    part = write_and_pause(browser)
    assert 0 < len(part) < 100000
    whole = model.sample(seed=5, length=len(part) + 100)
    assert part == whole[: len(part)]
    fill(browser, length=100)
    assert press(browser) == whole
    assert browser.complaints == []


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, False), (1280, True)])
def test_it_fits_wide_and_narrow(browser: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    try:
        browser.size(width, 844 if width == 390 else 800, dark=dark)
        open_page(browser, tmp_path, CASES["gru"], title="A" * 200)
        press(browser)
        for look in ("surprise", "gates", "read"):
            browser.click(f"[data-look={look}]")
            assert browser.run("document.documentElement.scrollWidth") <= width
        ground = "rgb(19, 19, 23)" if dark else "rgb(244, 242, 236)"
        assert browser.run("getComputedStyle(document.body).backgroundColor") == ground
    finally:
        browser.size(1280, 800)


def test_a_damaged_page_says_so(browser: Browser, tmp_path: Path) -> None:
    CASES["lstm"].export(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    begin, _, rest = text.partition('<script id="weights" type="text/plain">')
    (tmp_path / "page.html").write_text(f'{begin}<script id="weights" type="text/plain">!!!{rest[rest.index("</") :]}')
    browser.open((tmp_path / "page.html").as_uri())
    wait_until(browser, "document.querySelector('#status').textContent !== ''")
    assert browser.run("document.querySelector('#status').textContent") == (
        "This page is damaged: its network cannot be read."
    )


def test_lines_go_on_where_they_were_paused(browser: Browser, tmp_path: Path) -> None:
    model = untrained(LETTERS, lines=True, H=64, seed=2)
    model.file.arrays["output.b"][LETTERS.index("\n")] -= 9.0
    open_page(browser, tmp_path, model)
    fill(browser, seed=4, lines=2, length=100000)
    part = write_and_pause(browser)
    assert "\n" not in part and 0 < len(part) < 100000
    fill(browser, lines=1, length=50)
    assert press(browser) == model.sample(seed=4, length=len(part) + 50)


def test_everything_has_a_name(browser: Browser, tmp_path: Path) -> None:
    """What a screen reader says of each field and button."""
    open_page(browser, tmp_path, untrained(LETTERS, lines=True, L=2))
    nameless = browser.run(
        "[...document.querySelectorAll('button, input, textarea, select')].filter(one => !one.textContent.trim()"
        " && !one.getAttribute('aria-label') && !one.labels?.length).map(one => one.id)"
    )
    assert nameless == []


def test_the_policy_is_in_force(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, CASES["lstm"])
    assert browser.run("fetch('data:,x').then(() => 'fetched', () => 'refused')") == "refused"
    made = (
        "const made = document.createElement('script'); made.textContent = 'window.ran = 1'; document.body.append(made)"
    )
    assert browser.run(f"(() => {{ try {{ {made} }} catch {{}} return window.ran ?? 'refused' }})()") == "refused"
