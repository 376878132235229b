"""Spans in common, against slices tried one by one."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text import spans
from lstmgen.text.spans import SpanSet, find_occurring
from tests.naive import copies as naive

KINDS = st.sampled_from([np.uint8, np.uint16, np.uint32])
# Few kinds of token, so that much is in common; now and then the same over and over.
TEXTS = st.lists(st.integers(0, 2), max_size=60) | st.integers(1, 40).map(lambda n: [0, 1] * n)


@settings(max_examples=200)
@given(TEXTS, TEXTS, st.integers(1, 40), KINDS, st.sampled_from([1, 3, 7, 1 << 16]))
def test_what_occurs(text, query, length, kind, block):
    with mock.patch.object(spans, "SEARCH_BLOCK", block):
        found = find_occurring(np.array(text, kind), np.array(query, kind), length)
    assert found.tolist() == naive.occurring(text, query, length)


@settings(max_examples=100)
@given(TEXTS, st.lists(TEXTS, max_size=3), st.integers(1, 12), KINDS, st.sampled_from([1, 5, 1 << 16]))
def test_spans_asked_for_one_by_one(text, queries, length, kind, block):
    with mock.patch.object(spans, "SEARCH_BLOCK", block):
        index = SpanSet(np.array(text, kind), length)
    known = set(naive.windows(text, length))
    for query in [*queries, [300, *text], text]:
        for window in naive.windows(query, length):
            assert (list(window) in index) == (window in known)


def test_equal_hashes_are_told_apart():
    text = np.arange(200, dtype=np.uint8)
    index = SpanSet(text, 3)
    index._hashes = np.arange(1 << 8, dtype=np.uint32)
    index._values = np.zeros_like(index._values)  # every span has the hash 0
    assert [5, 6, 7] in index
    assert [5, 7, 6] not in index


def test_a_span_that_begins_inside_of_a_token_is_none():
    text = np.array([0x0102, 0x0304, 0x0506], np.uint16)
    index = SpanSet(text, 1)
    index._hashes, index._values = np.zeros(1, np.uint32), np.zeros_like(index._values)
    assert [0x0304] in index
    assert [0x0401] not in index  # its bytes are there, in little-endian order


def test_both_texts_need_the_same_unsigned_type():
    with pytest.raises(ValueError, match="unsigned"):
        find_occurring(np.zeros(3, np.int64), np.zeros(3, np.int64), 2)


def test_what_is_asked_between_two_blocks_may_end_the_search():
    class Enough(Exception):
        pass

    def enough():
        raise Enough

    text = np.zeros(100, np.uint8)
    with pytest.raises(Enough):
        find_occurring(text, text, 3, enough)
