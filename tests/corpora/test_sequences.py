"""Tunes, the bouncing ball and the pendulum obey metre and physics."""

import re
from itertools import pairwise

from tests.corpora.shipped import text

EIGHTHS = {"6/8": 6, "4/4": 8, "2/4": 4, "3/4": 6}


def tunes():
    return text("tunes").split("\n\n")


def test_every_bar_of_a_tune_fills_its_metre():
    for number, tune in enumerate(tunes()):
        check(number, tune)


def check(number, tune):
    head, _, body = tune.partition("|:")
    fields = dict(line.split(":", 1) for line in head.splitlines())
    assert list(fields) == ["X", "T", "R", "M", "L", "K"]
    assert fields["X"] == str(number + 1)
    assert fields["L"] == "1/8"
    parts = [part.replace("\n", "") for part in ("|:" + body).split(":|")[:-1]]
    assert len(parts) == 2
    for part in parts:
        bars = part.strip().removeprefix("|:").split("|")
        assert len(bars) == 8
        for bar in bars:
            notes = re.findall(r"([A-G],?|[a-g])(\d*)", bar)
            assert "".join(a + b for a, b in notes) == bar.replace(" ", "")
            assert sum(int(length or 1) for _, length in notes) == EIGHTHS[fields["M"]]
        assert bars[:2] == bars[4:6]
        assert bars[7].split()[-1].rstrip("0123456789,").upper() == fields["K"][0]


def test_the_tunes_are_in_many_keys_and_metres():
    assert len(tunes()) == 280
    assert len(set(re.findall(r"K:(\w+)", text("tunes")))) == 13
    assert set(re.findall(r"M:(\S+)", text("tunes"))) == set(EIGHTHS)


def test_the_ball_falls_bounces_and_comes_to_rest():
    shots = [shot.strip().split("\n\n") for shot in re.split(r"\n{3}", text("bounce"))]
    assert len(shots) == 30
    bounces = 0
    for shot in shots:
        places = []
        for frame in shot:
            rows = frame.split("\n")
            assert [len(row) for row in rows] == [12] * 5
            assert frame.count("O") == 1
            assert frame.count(".") == 59
            row = next(i for i, r in enumerate(rows) if "O" in r)
            places.append((rows[row].index("O"), row))
        assert all(abs(a[0] - b[0]) <= 2 for a, b in pairwise(places))
        heights = [4 - row for _, row in places]
        assert heights[-1] == 0
        turns = [height for height, after in pairwise([*heights, -1]) if height != after]
        bounces += sum(a > b == 0 < c for a, b, c in zip(turns, turns[1:], turns[2:], strict=False))
    assert bounces > 40


def test_the_pendulum_swings_and_tires():
    swings = [[float(line) for line in swing.split()] for swing in text("pendulum").split("\n\n")]
    assert all(re.fullmatch(r"-?\d+\.\d", line) for line in text("pendulum").split())
    assert len(swings) > 30
    for swing in swings:
        peaks = [abs(b) for a, b, c in zip(swing, swing[1:], swing[2:], strict=False) if abs(b) >= max(abs(a), abs(c))]
        assert max(map(abs, swing)) == abs(swing[0]) >= 15
        assert sum(peaks[:3]) > 2 * sum(peaks[-3:])
        assert max(map(abs, swing[-10:])) < 4.1
        crossings = sum(a * b < 0 for a, b in pairwise(swing))
        assert 1.7 < 2 * (len(swing) - 1) * 0.2 / crossings < 2.7  # seconds there and back
