"""Spans in common, against slices tried one by one."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text import spans
from lstmgen.text.spans import Spans, longest, occurring
from tests.naive import copies as naive

KINDS = st.sampled_from([np.uint8, np.uint16, np.uint32])
# Few kinds of token, so that much is in common; now and then the same over and over.
TEXTS = st.lists(st.integers(0, 2), max_size=60) | st.integers(1, 40).map(lambda n: [0, 1] * n)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.integers(1, 40), KINDS, st.sampled_from([1, 3, 7, 1 << 16]))
def test_what_occurs(text, query, length, kind, block):
    with mock.patch.object(spans, "BLOCK", block):
        found = occurring(np.array(text, kind), np.array(query, kind), length)
    assert found.tolist() == naive.occurring(text, query, length)


@settings(max_examples=200, deadline=None)
@given(
    TEXTS,
    st.lists(TEXTS, min_size=1, max_size=4),
    st.data(),
    st.sampled_from([2, 5, 1 << 16]),
    st.sampled_from([1, 2, 8]),
)
def test_the_longest_in_common(text, parts, data, block, narrow):
    many = data.draw(st.integers(1, len(parts)))
    query = np.array([token for part in parts for token in [*part, 9]], np.uint8)
    groups = np.repeat(np.arange(len(parts)), [len(part) + 1 for part in parts])
    with mock.patch.object(spans, "BLOCK", block), mock.patch.object(spans, "FIRST_TRIED", narrow):
        found = longest(np.array(text, np.uint8), query, groups, 8, many)
    assert found == naive.longest([text], [[part] for part in parts], many)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, st.integers(1, 6), st.sampled_from([1, 4, 1 << 16]))
def test_a_narrowed_text_has_the_same_longer_spans_in_common_and_no_others(text, query, length, block):
    with mock.patch.object(spans, "BLOCK", block):
        less = spans._common(np.array(text, np.uint8), np.array(query, np.uint8), length, 7)[1].tolist()
    for longer in range(length, 20):
        common = set(naive.windows(text, longer)) & set(naive.windows(query, longer))
        assert set(naive.windows(less, longer)) & set(naive.windows(query, longer)) == common
    assert set(less) <= {*text, 7}


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3), st.integers(1, 12), KINDS, st.sampled_from([1, 5, 1 << 16]))
def test_spans_asked_for_one_by_one(text, queries, length, kind, block):
    with mock.patch.object(spans, "BLOCK", block):
        index = Spans(np.array(text, kind), length)
    known = set(naive.windows(text, length))
    for query in [*queries, [300, *text], text]:
        for window in naive.windows(query, length):
            assert (list(window) in index) == (window in known)


def test_equal_hashes_are_told_apart():
    text = np.arange(200, dtype=np.uint8)
    index = Spans(text, 3)
    index._hashes = np.arange(1 << 8, dtype=np.uint32)
    index._values = np.zeros_like(index._values)  # every span has the hash 0
    assert [5, 6, 7] in index
    assert [5, 7, 6] not in index


def test_a_span_that_begins_inside_of_a_token_is_none():
    text = np.array([0x0102, 0x0304, 0x0506], np.uint16)
    index = Spans(text, 1)
    index._hashes, index._values = np.zeros(1, np.uint32), np.zeros_like(index._values)
    assert [0x0304] in index
    assert [0x0401] not in index  # its bytes are there, in little-endian order


def test_both_texts_need_the_same_unsigned_type():
    with pytest.raises(ValueError, match="unsigned"):
        occurring(np.zeros(3, np.int64), np.zeros(3, np.int64), 2)


def test_long_repetitive_texts_take_no_longer():
    text = np.tile(np.array([1, 2], np.uint8), 100_000)
    query = np.append(text[:2_000], np.uint8(3))
    assert longest(text, query, np.zeros(len(query), np.int64), 4) == 2_000
