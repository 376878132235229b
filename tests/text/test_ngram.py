"""Kneser-Ney against a slow twin written from Chen & Goodman's formulas, with dictionaries."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.text.ngram import FALLBACK_DISCOUNTS, NGram, estimate_discounts

BEGINNING = -9


class Naive:
    """Interpolated modified Kneser-Ney over tuples; documents are padded on the left where starts are learned."""

    def __init__(self, documents: list[list[int]], V: int, order: int, learned: bool) -> None:
        self.V, self.order = V, order
        counts: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order + 1)]
        for document in documents:
            padded = [BEGINNING] * (order if learned else 0) + document
            for k in range(1, order + 1):
                for end in range(order if learned else k - 1, len(padded)):
                    counts[k][tuple(padded[end - k + 1 : end + 1])] += 1
        self.levels: list[dict[tuple[int, ...], int]] = [{}]
        for k in range(1, order + 1):
            if k == order:
                self.levels.append(dict(counts[k]))
            else:
                self.levels.append(dict(Counter(gram[1:] for gram in counts[k + 1])))
        self.after: list[dict[tuple[int, ...], dict[int, int]]] = [defaultdict(dict) for _ in range(order + 1)]
        for k in range(1, order + 1):
            for gram, count in self.levels[k].items():
                self.after[k][gram[:-1]][gram[-1]] = count

    def discounts(self, k: int) -> tuple[float, float, float]:
        n = Counter(self.levels[k].values())
        if not (n[1] and n[2] and n[3]):
            return FALLBACK_DISCOUNTS
        y = n[1] / (n[1] + 2 * n[2])
        found = (1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3])
        return found if all(0 < d <= most for d, most in zip(found, (1, 2, 3), strict=True)) else FALLBACK_DISCOUNTS

    def probability(self, context: list[int], token: int) -> float:
        p = 1.0 / self.V
        for k in range(1, self.order + 1):
            if k - 1 > len(context):
                break
            followers = self.after[k].get(tuple(context[len(context) - k + 1 :]), {})
            total = sum(followers.values())
            if not total:
                continue
            one, two, three = self.discounts(k)
            cut = {w: (one, two, three)[min(c, 3) - 1] for w, c in followers.items()}
            p = max(followers.get(token, 0) - cut.get(token, 0), 0) / total + sum(cut.values()) / total * p
        return p


def text(rng: np.random.Generator, V: int, n: int) -> list[int]:
    """Tokens that hang together."""
    found = [0]
    for _ in range(n - 1):
        found.append((found[-1] * 2 + int(rng.geometric(0.6))) % V)
    return found


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_every_token_costs_what_the_formulas_say(order: int) -> None:
    rng = np.random.default_rng(order)
    learned, read, V = text(rng, 6, 400), [5, *text(rng, 6, 60)], 7
    naive = Naive([learned], V, order, learned=False)
    model = NGram.build(np.array(learned), V, order)
    expected = [-math.log(naive.probability(read[:t], read[t])) for t in range(len(read))]
    np.testing.assert_allclose(model.nats(np.array(read)), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [2, 4])
def test_where_lines_begin_is_learned(order: int) -> None:
    rng = np.random.default_rng(0)
    documents = [[int(rng.integers(2)), *text(rng, 5, int(rng.integers(1, 7)))] for _ in range(60)]
    starts = np.cumsum([0, *map(len, documents[:-1])])
    model = NGram.build(np.concatenate(documents), 5, order, starts)
    naive = Naive(documents, 5, order, learned=True)
    read = [[1, 0, 2], [4], [3, 3, 3, 3, 1]]
    expected = [
        -math.log(naive.probability([BEGINNING] * order + line[:t], line[t])) for line in read for t in range(len(line))
    ]
    np.testing.assert_allclose(model.nats(np.concatenate(read), np.array([0, 3, 4])), expected, rtol=1e-12)
    np.testing.assert_allclose(
        model.distribution(np.array([3])), [naive.probability([BEGINNING] * order + [3], w) for w in range(5)]
    )


@settings(max_examples=60)
@given(
    learned=st.lists(st.integers(0, 4), max_size=80),
    context=st.lists(st.integers(0, 5), max_size=9),
    order=st.integers(1, 6),
    lines=st.booleans(),
)
def test_probabilities_sum_to_one_and_are_those_of_nats(
    learned: list[int], context: list[int], order: int, lines: bool
) -> None:
    starts = np.arange(0, len(learned), 7) if lines else None
    model = NGram.build(np.array(learned, np.int64), 6, order, starts)
    shares = model.distribution(np.array(context, np.int64))
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert (shares > 0).all()
    every = [model.nats(np.array([*context, token]))[-1] for token in range(6)]
    np.testing.assert_allclose(np.exp(np.negative(every)), shares, rtol=1e-9)


def test_one_pass_gives_every_order() -> None:
    rng = np.random.default_rng(1)
    learned, read = np.array(text(rng, 8, 900)), np.array(text(rng, 8, 200))
    found = NGram.build(learned, 8, 5).nats_by_order(read)
    for order in range(1, 6):
        np.testing.assert_allclose(found[order - 1], NGram.build(learned, 8, order).nats(read), rtol=1e-12)


def test_large_vocabularies_need_no_other_way() -> None:
    rng = np.random.default_rng(2)
    learned = np.array(text(rng, 3000, 5000), np.uint16)
    model = NGram.build(learned, 70_000, 4)
    assert model.distribution(learned[:3]).sum() == pytest.approx(1.0)
    assert model.nats(learned).mean() < math.log(3000)


def test_too_little_text_has_usual_discounts() -> None:
    assert estimate_discounts(np.array([5, 9])) == FALLBACK_DISCOUNTS
    assert estimate_discounts(np.array([1] * 8 + [2] * 4 + [3] * 2 + [4])) == pytest.approx((0.5, 1.25, 2.0))
    with pytest.raises(ValueError, match="at least one"):
        NGram.build(np.array([0]), 1, 0)
    np.testing.assert_allclose(NGram.build(np.zeros(0, np.int64), 4, 3).distribution(np.array([1])), 0.25)
