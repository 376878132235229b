"""The stop text: left out, also when it straddles pieces, and nothing after it leaks."""

from hypothesis import given
from hypothesis import strategies as st

from lstmgen.sampling.stop import StopFilter

letters = st.text("ab", max_size=12)


def shown(pieces, stop):
    watch = StopFilter(stop)
    text = "".join(watch.push(piece) for piece in pieces)
    return text + watch.flush(), watch.has_come


@given(st.lists(letters, max_size=8), st.text("ab", min_size=1, max_size=5))
def test_the_text_up_to_the_first_stop_however_it_is_cut(pieces, stop):
    whole = "".join(pieces)
    assert shown(pieces, stop) == (whole.split(stop)[0], stop in whole)


@given(st.lists(letters, max_size=8), st.text("ab", min_size=1, max_size=5))
def test_nothing_is_held_back_that_cannot_be_the_stop(pieces, stop):
    watch, text, out = StopFilter(stop), "", ""
    for piece in pieces:
        text, out = text + piece, out + watch.push(piece)
        if watch.has_come:
            break
        held = text[len(out) :]
        assert text == out + held
        assert stop.startswith(held) and held != stop
        longest = max(n for n in range(len(stop)) if text.endswith(stop[:n]))
        assert len(held) == longest


def test_without_a_stop_everything_passes():
    assert shown(["a", "", "b"], None) == ("ab", False)


def test_nothing_comes_after_it():
    watch = StopFilter("END")
    assert [watch.push(piece) for piece in ("oneE", "N", "Dtwo", "three", "END")] == ["one", "", "", "", ""]
    assert watch.flush() == ""
