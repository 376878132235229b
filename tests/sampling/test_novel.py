"""What must not be copied is not, whatever it takes; and what is shown stays."""

import numpy as np
import pytest

from lstmgen.errors import UsageError
from lstmgen.sampling import generator
from lstmgen.sampling.generator import generate
from lstmgen.sampling.novel import MAX_LINE_TRIES, MAX_TRIES, CopyGuard
from lstmgen.sampling.request import prepare_request
from lstmgen.settings import SamplingSettings
from lstmgen.text.spans import SpanSet
from tests.cli.running import cycle
from tests.naive import copies as naive
from tests.sampling.networks import ABC, BOOK, records, run


def learned(vocabulary=ABC, length=6_000):
    """What the network itself has written: it copies much of that."""
    return vocabulary.encode(records(vocabulary, length=length, seed=1)[0].text)[0].astype(np.uint8)


def copied(text, ids, length):
    """How many spans of this length of a text of ids are in another."""
    return sum(naive.occurring(ids.tolist(), text.tolist(), length))


@pytest.mark.parametrize(("vocabulary", "N"), [(ABC, 3), (ABC, 5), (BOOK, 4), (BOOK, 8)])
def test_no_run_is_longer(vocabulary, N):
    text, how = learned(vocabulary), {"length": 200, "num_samples": 3}
    plain = records(vocabulary, **how)
    found = records(vocabulary, CopyGuard(SpanSet(text, N + 1)), **how)
    free = [vocabulary.encode(record.text)[0] for record in plain]
    held = [vocabulary.encode(record.text)[0] for record in found]
    assert [len(ids) for ids in held] == [200] * 3
    assert [copied(ids, text, N + 1) for ids in held] == [0] * 3
    assert all(copied(ids, text, N + 1) > 0 for ids in free)
    assert all(copied(ids, text, N) > 0 for ids in held)  # so many are copied still
    assert all(record.again > 0 and record.stopped == "length" for record in found)
    first = [naive.occurring(text.tolist(), ids.tolist(), N + 1).index(True) for ids in free]
    back = N + 1 + 2 * (N + 1)
    for k, a, b in zip(first, free, held, strict=True):
        stays = max(0, k - back)
        assert a[:stays].tolist() == b[:stays].tolist()


def test_what_copies_nothing_is_as_without():
    far = CopyGuard(SpanSet(learned(), 400))
    how = {"length": 130, "num_samples": 40}
    assert records(guard=far, **how) == records(**how)


def test_a_sample_is_the_same_whatever_the_number_of_samples(monkeypatch):
    guard, how = CopyGuard(SpanSet(learned(), 5)), {"length": 60}
    many = records(guard=guard, num_samples=9, **how)
    assert records(guard=guard, num_samples=2, **how) == many[:2]
    monkeypatch.setattr(generator, "_ROWS", 4)
    assert records(guard=guard, num_samples=9, **how) == many
    assert records(guard=guard, num_samples=9, **how) != records(guard=guard, num_samples=9, seed=8, **how)


def test_what_is_shown_is_not_taken_back():
    pieces = run(guard=CopyGuard(SpanSet(learned(), 4)), length=300, num_samples=2)
    for k in range(2):
        own = [piece for piece in pieces if piece.sample == k]
        assert "".join(piece.text for piece in own) == own[-1].finished.text
    assert len([piece for piece in pieces if piece.sample == 0]) > 3  # it comes while it is made


def test_a_stop_text_ends_it_where_it_first_comes():
    guard = CopyGuard(SpanSet(learned(), 5))
    (plain,) = records(guard=guard, length=200)
    for at in (0, 3, 20, 100):
        stop = plain.text[at : at + 4]
        (record,) = records(guard=guard, length=200, stop=stop)
        assert record.stopped == "stop"
        assert stop not in record.text
        assert len(record.text) + 4 == record.tokens <= plain.text.find(stop) + 4


def test_a_sample_without_a_way_out_ends():
    model = cycle(list("abc"))
    text = np.array([a for k in range(3) for j in range(3) for a in (k, j)], np.uint8)  # every pair
    (record,) = records(model.vocabulary, CopyGuard(SpanSet(text, 2)), model.network)
    assert (record.text, record.stopped, record.tokens) == ("", "copies", 0)
    assert record.again == MAX_TRIES + 3 * 3 + 3  # each pair ruled out, and each first token after its three


def test_the_likeliest_text_goes_another_way_too():
    model = cycle(list("abc"))
    text = np.array([0, 1, 2] * 20, np.uint8)
    (record,) = records(model.vocabulary, CopyGuard(SpanSet(text, 5)), model.network, temperature=0.0, length=40)
    assert (len(record.text), record.stopped) == (40, "length")
    assert copied(model.vocabulary.encode(record.text)[0], text, 5) == 0
    assert copied(model.vocabulary.encode(record.text)[0], text, 4) > 0


def test_lines_are_new_and_each_written_once():
    plain = [record.line for record in records(lines=True, num_samples=60)]
    known = set(plain[3:9])
    found = records(guard=CopyGuard(lines=known), lines=True, num_samples=60)
    lines = [record.line for record in found]
    assert len(set(lines)) == 60
    assert not known & set(lines)
    used = set(known)
    for record, before in zip(found, plain, strict=True):  # only what had to be was drawn again
        assert (record.again == 0) == (before not in used)
        assert record.again > 0 or record.line == before
        used.add(record.line)
    assert records(guard=CopyGuard(lines=known), lines=True, num_samples=7) == found[:7]


@pytest.mark.parametrize("rows", [1, 2, 5, 60])
def test_which_lines_does_not_depend_on_how_many_are_made_at_once(monkeypatch, rows):
    guard = CopyGuard(lines={""})
    found = records(guard=guard, lines=True, num_samples=60)
    monkeypatch.setattr(generator, "_ROWS", rows)
    assert records(guard=guard, lines=True, num_samples=60) == found


def test_a_line_goes_with_its_prompt():
    known = {"a" + record.text for record in records(lines=True, prompt="a", num_samples=3)}
    found = records(guard=CopyGuard(lines=known), lines=True, prompt="a", num_samples=10)
    assert not known & {record.line for record in found}
    assert all(record.line == "a" + record.text for record in found)


def test_new_lines_without_long_copies():
    guard = CopyGuard(SpanSet(learned(), 5), frozenset())
    found = records(guard=guard, lines=True, num_samples=30)
    assert len({record.line for record in found}) == 30
    for record in found:
        assert copied(ABC.encode(record.text)[0], learned(), 5) == 0


def test_lines_known_by_heart_end_honestly():
    model = cycle(["a", "b", "\n"], lines=True)
    with pytest.raises(
        UsageError, match=rf"(?s)Only 0 of 2 lines could be written: .*{MAX_LINE_TRIES} attempts.*--allow-copies"
    ):
        records(model.vocabulary, CopyGuard(lines={"ab"}), model.network, lines=True, num_samples=2)
    pieces = generate(
        model.network,
        model.vocabulary,
        prepare_request(model.vocabulary, SamplingSettings(seed=1, num_samples=3), lines=True),
        CopyGuard(lines=frozenset()),
    )
    assert next(pieces).finished.line == "ab"  # what could be written is
    with pytest.raises(UsageError, match="Only 1 of 3 lines"):
        next(pieces)
