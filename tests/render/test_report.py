"""The report's page: few bytes that lose little, data that cannot break out, a policy that fits what runs."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.cleaning import on_one_line
from lstmgen.inspect.canvas.colours import lightness
from lstmgen.inspect.report.measure import make_report
from lstmgen.inspect.report.pack import pack
from lstmgen.inspect.report.picture import PARTS, ReportSubject, as_page, in_page, page_facts, report_facts
from tests.inspection.traces import made_up

HOSTILE = ["</script><img src=x onerror=alert(1)>", "<!--", "]]>", '"', "'", "\u2028", "\u202e", "😀", "&lt;", "\x00"]


def unpack(packed):
    """What the page's script makes of it, flat; NaN for what was no finite number."""
    limit = 2 ** (packed["bits"] - 1) - 1
    whole = np.frombuffer(base64.b64decode(packed["data"]), f"<i{packed['bits'] // 8}").astype(np.float64)
    return np.where(whole < -limit, np.nan, whole * packed["scale"] / limit)


def facts_of(trace, *, page=True, name="tale", tokens=None):
    tokens = sorted(set(trace.tokens)) if tokens is None else tokens
    subject = ReportSubject(name, "char", "tanh", tokens, [False] * len(trace))
    return (page_facts if page else report_facts)(make_report(trace), subject)


class Reader(HTMLParser):
    """Tags with their attributes, and what stands in scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

        if tag in ("script", "style"):
            self.blocks.append("")

    def handle_data(self, data):
        if self.blocks and self.cdata_elem:
            self.blocks[-1] += data


numbers = st.floats(-300, 300, width=32)


@given(st.lists(st.one_of(numbers, st.floats(-1, 1, width=32)), min_size=1, max_size=30))
def test_packed_values_are_those_to_two_decimals(values: list[float]) -> None:
    packed = pack(np.array(values, np.float32))
    found = unpack(packed)
    assert np.abs(found - values).max() <= packed["scale"] / 254 * (1 + 1e-12)
    assert np.abs(found - values).max() <= 0.005 + 1e-9
    assert [f"{v + 0.0:.2f}".replace("-0.00", "0.00") for v in found] == [
        f"{v:.2f}".replace("-0.00", "0.00") for v in values
    ]
    assert packed["bits"] == (8 if max(map(abs, values)) <= 1.275 else 16)
    assert len(base64.b64decode(packed["data"])) == len(values) * packed["bits"] // 8


@given(st.lists(st.floats(width=32), min_size=1, max_size=20))
def test_any_values_can_be_packed(values: list[float]) -> None:
    packed, given_ = pack(np.array(values, np.float32)), np.array(values, np.float32).astype(float)
    found, solid = unpack(packed), np.isfinite(given_)
    assert np.array_equal(np.isfinite(found), solid)
    assert (np.abs(found - given_)[solid] <= packed["scale"] / 254 * (1 + 1e-12)).all()


def test_gates_take_one_byte_and_two_thousand_characters_fit() -> None:
    facts = facts_of(made_up("Once upon a time there was a dog. " * 59, H=128))
    assert len(facts["tokens"]) == 2006
    assert [facts["values"][0][letter]["bits"] for letter in "fiogch"] == [8, 8, 8, 8, 16, 8]
    assert len(as_page(facts).encode()) < 5_000_000
    assert len(as_page(facts_of(made_up("ab" * 1000, L=4, H=128))).encode()) < 5_000_000


def test_page_and_machines_are_told_the_same() -> None:
    trace = made_up(L=2)
    page, plain = facts_of(trace), facts_of(trace, page=False)
    assert set(page) - set(plain) == {"colours", "extra", "story", "sums"} and set(plain) <= set(page)
    for layer, shown in enumerate(plain["shown"]):
        for letter, values in plain["values"][layer].items():
            np.testing.assert_array_equal(values, trace[letter][:, layer, shown])
            np.testing.assert_allclose(unpack(page["values"][layer][letter]), values.ravel(), atol=0.005)
    np.testing.assert_allclose(page["bits"], plain["bits"], atol=5e-5)
    assert page["places"] == plain["places"] and page["tokens"] == plain["tokens"]
    assert [page["kinds"][k]["text"] for k in page["tokens"]] == trace.tokens


def test_the_policy_allows_what_is_there_and_nothing_else() -> None:
    page = Reader(as_page(facts_of(made_up(L=2))))
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    style, data, script = page.blocks
    for text, rule in ((script, "script-src"), (style, "style-src")):
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert json.loads(data)["cell"] == "lstm"
    for tag, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "style")}
        assert tag != "link" and "href" not in attributes
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", "".join(page.blocks))


def test_the_script_writes_text_only() -> None:
    script = Reader(as_page(facts_of(made_up()))).blocks[2]
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("):
        assert word not in script
    assert len(PARTS) == len(set(PARTS))


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(HOSTILE)), min_size=1, max_size=6))
def test_no_text_ends_the_block_of_data(texts: list[str]) -> None:
    block = in_page({"texts": texts})
    assert not set(block) & set("<>&\u2028\u2029\x7f") and block.isascii() and block.isprintable()
    assert json.loads(block)["texts"] == texts


def test_hostile_names_and_tokens_stay_text() -> None:
    tokens = sorted(HOSTILE)
    facts = facts_of(made_up(tokens=tokens * 2), name="</title><script>alert(1)</script>", tokens=tokens)
    page = Reader(as_page(facts))
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert "img" not in [tag for tag, _ in page.tags]
    assert [kind["text"] for kind in json.loads(page.blocks[-2])["kinds"]] == [on_one_line(token) for token in tokens]


def test_all_words_of_the_legend_are_on_the_page() -> None:
    for cell in CELL_FACTS:
        facts = facts_of(made_up(cell=cell))
        assert [entry["lecture"] for entry in facts["legend"]] == [entry.lecture for entry in CELL_FACTS[cell].legend]
        drawn = {a["data-box"] for tag, a in Reader(as_page(facts)).tags if "data-box" in a}
        assert drawn == {entry.letter for entry in CELL_FACTS[cell].legend}


def test_what_is_written_on_a_surprise_can_be_read() -> None:
    for name in ("surprise_dark", "surprise_light"):
        anchors = np.array(page_facts_colours()[name], float)
        lights = []
        for share in np.linspace(0, 1, 200):
            place = share * (len(anchors) - 1)
            at = min(int(place), len(anchors) - 2)
            colour = anchors[at] + (anchors[at + 1] - anchors[at]) * (place - at)
            light = lightness(*colour)
            ink = lightness(0x11, 0x11, 0x16) if light > 0.18 else lightness(0xF4, 0xF4, 0xF8)
            assert (max(light, ink) + 0.05) / (min(light, ink) + 0.05) > 4.2
            lights.append(light)
        way = 1 if name == "surprise_dark" else -1
        assert all(way * (after - before) > 0 for before, after in pairwise(lights))


def page_facts_colours():
    return facts_of(made_up())["colours"]


@pytest.mark.parametrize("squashing", ("tanh", "identity"))
def test_no_numbers_are_no_trouble(squashing: str) -> None:
    trace = made_up("abcabcabcabc", cell="peephole")
    for values in (*trace.values.values(), trace.logits, trace.first_logits):
        values[...] = np.nan
    facts = facts_of(trace)
    assert facts["places"] == []
    assert "NaN" not in in_page(facts)
