"""The bench itself takes long and is run by hand; here our side does its work, and the tables say what was found."""

import json

import pytest

from tests.bench.compare import chosen, keep, put
from tests.bench.export_page import PageFigures
from tests.bench.export_page import markdown as page_section
from tests.bench.rows import FILTERS, SAMPLING, TRAINING, Row
from tests.bench.sections import put_section
from tests.bench.sides.ours import Side
from tests.bench.tables import markdown, missed
from tests.bench.turns import ROUNDS, speed, spread, take_turns

TINY = Row(H=8, L=2, T=5, B=3, V=7, E=4)


@pytest.fixture
def side(tmp_path):
    made = Side()
    made.start(TINY.as_dict(), 1, f"{tmp_path}/weights.npz")
    return made


def test_flop_are_those_of_the_three_products_of_each_layer():
    assert Row(128, 1, 50, 50).flop_per_token() == 24 * 128**2 + 6 * 128 * 65
    assert Row(512, 3, 100, 100).flop_per_token() == (24 + 2 * 48) * 512**2 + 6 * 512 * 65
    words = Row(200, 2, 35, 20, V=10_000, E=200)
    assert words.flop_per_token() == 24 * 200**2 + 24 * 200 * 200 + 48 * 200**2 + 6 * 200 * 10_000
    assert Row(256, 1, 64, 32, cell="rnn").flop_per_token() == 6 * 256**2 + 6 * 256 * 65


def test_our_side_learns_and_a_second_one_begins_from_the_same_weights(side, tmp_path):
    losses = side.updates(400)["losses"]
    assert sum(losses[-20:]) < 0.9 * sum(losses[:20])
    second = Side()
    second.start(TINY.as_dict(), 2, f"{tmp_path}/weights.npz")
    assert second.updates(400)["losses"] == losses


def test_kernels_are_timed_and_then_left_as_they_were(side):
    cell, gradient = side.network.cell.forward, type(side.network).gradient.__globals__.copy()
    shares = side.outside(2)
    assert set(shares) == {"kernels", "packing", "optimiser"}
    assert all(share > 0 for share in shares.values())
    assert sum(shares.values()) < 1
    assert side.network.cell.forward is cell
    assert type(side.network).gradient.__globals__ == gradient


def test_our_side_writes_with_and_without_filters(side):
    for options in ({}, FILTERS):
        told = side.sample(800, **options)
        assert told["done"] == 768
        assert set(told["ids"]) <= set(range(7))
    assert side.draws(10, V=50, **FILTERS)["done"] == 10


def test_turns_give_each_as_many_rates():
    works = {"a": lambda count: 1000.0, "b": lambda count: 500.0}
    speeds = {name: speed(run) for name, run in works.items()}
    rates = take_turns(works, speeds, 0.0, {"limit": lambda: 7.0})
    assert rates == {"a": [1000.0] * ROUNDS, "b": [500.0] * ROUNDS, "limit": [7.0] * ROUNDS}
    assert spread(rates["a"]) == 0


def test_quick_and_only_choose_rows():
    assert len(chosen(None, False)) == len(TRAINING) + len(SAMPLING) + 3
    assert [table for table, _, _ in chosen(None, True)] == ["training", "training", "sampling"]
    assert [name for _, name, _ in chosen("training words", False)] == [r.row.name for r in TRAINING if r.row.words]


def test_what_was_found_so_far_is_kept_and_shown(tmp_path):
    row = {
        "row": "H=1", "tokens_per_second": 12345.6, "gflops": 10.0, "share": 0.7, "share_mark": 0.74, "peer": "PyTorch",
        "peer_tokens_per_second": 6000.0, "ratio": 2.05, "ratio_mark": 1.75, "spread": 0.02,
        "scaling": 1.9, "limit_scaling": 2.0, "scaling_share": 0.95,
    }  # fmt: skip
    found = {
        "cpu": "A CPU", "cores": 2, "versions": {"Python": "3.11"}, "date": "2026-01-01", "training": [row],
        "sampling": [], "costs": [], "skipped": [], "failed": [{"row": "H=2", "why": "no memory"}],
    }  # fmt: skip
    keep(found, tmp_path)
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| H=1 | 12,346 | 10 | 70 % | 74 % | 6,000 | 2.05 (±2 %) | 1.75 | 95 % (1.90 of 2.00) |" in text
    assert "Not measured: H=2: no memory." in text
    assert "sampling" not in text
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8")) == found
    assert text.endswith(markdown(found))
    assert missed(row)
    assert not missed(row | {"share": 0.75})
    assert missed({"value": 0.2, "mark": 0.15})


def test_a_row_made_again_takes_its_place():
    rows = [{"row": "a", "found": 1}, {"row": "b", "found": 2}]
    put(rows, {"row": "a", "found": 3})
    put(rows, {"row": "c", "found": 4})
    assert rows == [{"row": "a", "found": 3}, {"row": "b", "found": 2}, {"row": "c", "found": 4}]


def test_the_page_is_told_of_in_a_table():
    told = page_section([PageFigures("2 x 9", "int8", 1_240_000, 3_100_000, 0.254, 1312.4)], "A CPU", "Shared.")
    assert told.startswith("## The page in a browser\n")
    assert "A CPU. Made by `python -m tests.bench.export_page`. Shared.\nThe page computes the same" in told
    assert told.endswith("| 2 x 9 | int8 | 1.24 MB | 40 % | 0.25 s | 1,312 |")


def test_a_section_takes_the_place_of_the_one_so_headed(tmp_path):
    page = tmp_path / "PAGE.md"
    page.write_text("# Page\n\n## One\n\nold\n\n## Two\n\n### Part\n\nstays\n")
    put_section(page, "## One\n\nnew\n")
    put_section(page, "## Three\n\nadded")
    put_section(page, "## Three\n\nadded twice")
    assert page.read_text() == ("# Page\n\n## One\n\nnew\n\n## Two\n\n### Part\n\nstays\n\n## Three\n\nadded twice\n")
