"""The longest span in common, against slices tried one by one; how often the text is looked through."""

from __future__ import annotations

import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstmgen.text import longest as module
from lstmgen.text import lookup, spans
from lstmgen.text.longest import CommonSpan, longest_common_span
from lstmgen.text.lookup import NOT_FOUND, KeyIndex
from tests.naive import copies as naive

THUE_MORSE = [bin(k).count("1") % 2 for k in range(256)]  # for which sums of powers modulo 2^64 are blind
# Few kinds of token, so that much is in common; now and then the same over and over.
TEXTS = (
    st.lists(st.integers(0, 2), max_size=60)
    | st.integers(1, 60).map(lambda n: [0, 1] * n)
    | st.integers(1, 90).map(lambda n: [2] * n)
    | st.tuples(st.integers(0, 120), st.integers(0, 255)).map(lambda ab: THUE_MORSE[ab[0] : ab[1]])
)


def asked(parts, kind):
    query = np.array([token for part in parts for token in [*part, 9]], kind)
    return query, np.repeat(np.arange(len(parts)), [len(part) + 1 for part in parts])


@settings(max_examples=300)
@given(
    TEXTS,
    st.lists(TEXTS, min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([np.uint8, np.uint16, np.uint32]),
    st.sampled_from([2, 5, 1 << 16]),
)
@example(THUE_MORSE, [[1 - token for token in THUE_MORSE]], 0, np.uint8, 1 << 16)
def test_against_slices(text, parts, fewer, kind, block):
    many = max(1, len(parts) - fewer)
    query, groups = asked(parts, kind)
    with mock.patch.object(spans, "SEARCH_BLOCK", block), mock.patch.object(module, "SEARCH_BLOCK", block):
        found = longest_common_span(np.array(text, kind), query, groups, many)
    assert found.length == naive.longest([text], [[part] for part in parts], many)
    if found.length:
        there = naive.occurring(text, query.tolist(), found.length)
        assert found.place == there.index(True)


@pytest.mark.parametrize("period", [1, 2, 7, 10_007])
def test_the_text_is_looked_through_as_often_however_it_repeats_itself(period):
    rng = np.random.default_rng(4)
    text = np.resize(rng.integers(0, 4, period).astype(np.uint8), 300_000)
    query = np.append(text[5_000:7_000], np.uint8(9))
    looks = []
    found = longest_common_span(text, query, np.zeros(len(query), np.int64), check=lambda: looks.append(1))
    assert found == CommonSpan(2_000, 0)
    rounds = len(looks) / math.ceil(len(text) / spans.SEARCH_BLOCK)
    assert rounds <= 2 * math.log2(2_048)  # doubled, then halved in between


def test_texts_that_have_nothing_in_common_or_are_empty():
    nothing = np.zeros(0, np.uint8)
    for text, asked_for in [([1, 2], [3, 4]), ([], [1]), ([1], [])]:
        query = np.array(asked_for, np.uint8)
        assert longest_common_span(np.array(text, np.uint8), query, np.zeros(len(query), np.int64)) == (0, 0)
    assert longest_common_span(nothing, nothing, np.zeros(0, np.int64)) == (0, 0)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 1 << 63), unique=True, max_size=300), st.data(), st.sampled_from([1, 4, 12]))
def test_keys_are_found_whether_or_not_they_share_a_slot(keys, data, bits):
    with mock.patch.object(lookup, "_MIN_BITS", bits), mock.patch.object(lookup, "_MAX_BITS", bits):
        table = KeyIndex(np.array(sorted(keys), np.uint64))
    strange = data.draw(st.lists(st.integers(0, 1 << 63), max_size=20))
    places = {key: place for place, key in enumerate(sorted(keys))}
    wanted = [*keys, *strange]
    found = table.find(np.array(wanted, np.uint64))
    assert found.tolist() == [places.get(key, NOT_FOUND) for key in wanted]
