"""Durations, speeds and sizes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmgen.durations import parse_duration, spoken_duration
from lstmgen.errors import UsageError
from lstmgen.terminal.amounts import clock_time, nats, short_count, size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h", 3600), ("1h5s", 3605), ("2.5h", 9000),
        ("1m30", 90), ("0.5", 0.5), (" 5M ", 300), ("1h2m3s", 3723),
    ],
)  # fmt: skip
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "5x", "m5", "1m1h", "-5", "nan", "inf", "1e3", "5 m", "٥m", "\x1b", "1" * 50]
)
def test_other_texts_are_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_duration(text)
    assert str(caught.value) == f"--time {text!r} is not a duration.\nWrite it as 90, 90s, 5m or 1h30m."


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds


def test_what_is_shown() -> None:
    assert [clock_time(x) for x in (0, 9.4, 61, 7380, None, float("nan"))] == [
        "0:00",
        "0:09",
        "1:01",
        "2:03:00",
        "-",
        "-",
    ]
    assert [spoken_duration(x) for x in (3.14, 45.2, 60, 303, 3600, 4800)] == [
        "3.1 s", "45 s", "1 min", "5 min 3 s", "1 h", "1 h 20 min",
    ]  # fmt: skip
    assert [short_count(x) for x in (0, 950.4, 1234, 123456, 1.25e6, float("inf"))] == [
        "0",
        "950",
        "1.2k",
        "123k",
        "1.2M",
        "-",
    ]
    assert [size(x) for x in (820, 5.1e6, 123e6, 1.24e9)] == ["1 KB", "5.1 MB", "123 MB", "1.2 GB"]
    assert [nats(x) for x in (1.23456, None, float("nan"))] == ["1.235", "-", "-"]
