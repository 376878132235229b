"""The bench itself takes long and is run by hand; here our side does its work, and the tables say what was found."""

import json
import sys

import pytest

from tests.bench import races, rows
from tests.bench.compare import chosen, in_order, keep, kept_before, put
from tests.bench.export_page import PageFigures
from tests.bench.export_page import markdown as page_section
from tests.bench.races import fastest
from tests.bench.rows import FILTERS, SAMPLING, TRAINING, Row
from tests.bench.sections import put_section
from tests.bench.sides.limits import LIMITS, PAIR, made_room
from tests.bench.sides.ours import Side
from tests.bench.tables import missed, section, training_line
from tests.bench.turns import ROUNDS, RowSkippedError, speed, spread, take_turns

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
    one_hot = Row(256, 1, 64, 16, E=0)
    assert (one_hot.name, one_hot.flop_per_token()) == ("H=256 L=1 T=64 B=16 one-hot", 24 * 256**2 + 6 * 256 * 65)


def test_our_side_learns_and_a_second_one_begins_from_the_same_weights(side, tmp_path):
    losses = side.updates(400)["losses"]
    assert sum(losses[-20:]) < 0.9 * sum(losses[:20])
    second = Side()
    second.start(TINY.as_dict(), 2, f"{tmp_path}/weights.npz")
    assert second.updates(400)["losses"] == losses


def test_kernels_are_timed_and_then_left_as_they_were(side):
    cell, gradient = side.network.cell.training_window, type(side.network).gradient.__globals__.copy()
    shares = side.outside(2)
    assert set(shares) == {"kernels", "packing", "optimiser"}
    assert all(share > 0 for share in shares.values())
    assert sum(shares.values()) < 1
    assert side.network.cell.training_window is cell
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
    assert len(chosen(None, False)) == len(TRAINING) + len(SAMPLING) + 6
    assert [table for table, _, _ in chosen(None, True)] == ["training", "training", "sampling"]
    assert [name for _, name, _ in chosen("training words", False)] == [r.row.name for r in TRAINING if r.row.words]
    assert {table for table, _, _ in chosen(None, False, lanes=8)} == {"eight_lanes"}


FLOAT32 = {"tokens_per_second": 12345.6, "gflops": 10.0, "limit": 14.3, "share": 0.7, "ratio": 1.3, "spread": 0.02}
BF16 = FLOAT32 | {"tokens_per_second": 20000.0, "share": 0.5, "ratio": 2.05}
ROW = {
    "row": "H=1", "float32": FLOAT32, "bf16": BF16, "peer": "PyTorch", "times_mark": 2.1, "share_mark": 0.74,
    "peers": {"float32": {"tokens_per_second": 6000.0}, "bf16": {"tokens_per_second": 9700.0}}, "either": False,
    "scaling": 1.9, "limit_scaling": 2.0, "scaling_share": 0.95, "date": "2026-01-02",
}  # fmt: skip
FOUND = {
    "cpu": "A CPU", "kind": "made-up", "cores": 2, "versions": {"Python": "3.11"}, "date": "2026-01-02",
    "training": [ROW], "eight_lanes": [], "sampling": [], "costs": [], "skipped": [],
    "failed": [{"row": "H=2", "why": "no memory"}],
}  # fmt: skip


def test_what_was_found_so_far_is_kept_and_shown(tmp_path):
    keep(FOUND, tmp_path)
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    cells = "| H=1 | 12,346 | 70 % |  | 20,000 | 50 % | 6,000 | 9,700 | 1.30 (±2 %) | 2.05 (±2 %) | 2.1 | 95 % (1.90 of"
    assert cells in text
    assert "Not measured: H=2: no memory." in text
    assert "sampling" not in text
    kept = json.loads((tmp_path / "results" / "made-up-2-cores.json").read_text(encoding="utf-8"))
    assert kept == FOUND
    assert text.endswith(section(FOUND))


def test_where_there_is_no_bf16_the_share_is_judged_and_a_dash_says_so():
    alone = {name: value for name, value in ROW.items() if name != "bf16"} | {"peers": {"float32": BF16}}
    line = training_line(alone)
    assert line[3:8] == ["74 %", "-", "-", "20,000", "-"]
    assert line[9:11] == ["-", ""]
    assert missed(alone)
    assert not missed(alone | {"share_mark": 0.7})


def test_times_the_peer_are_judged_in_bf16_or_in_either():
    assert missed(ROW)
    assert not missed(ROW | {"times_mark": 2.0})
    float_is_faster = ROW | {"float32": FLOAT32 | {"ratio": 2.2}}
    assert missed(float_is_faster)
    assert not missed(float_is_faster | {"either": True})
    assert missed({"value": 0.2, "mark": 0.15})


def test_cpus_stand_side_by_side_the_latest_first(tmp_path):
    lanes = {name: value for name, value in ROW.items() if name != "bf16"}
    earlier = FOUND | {"cpu": "Old", "kind": "older", "date": "2025-12-31", "training": [lanes], "eight_lanes": [lanes]}
    keep(earlier, tmp_path)
    keep(FOUND, tmp_path)
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    heads = ["A CPU (made-up): bf16", "A CPU (made-up): float32", "Old (older): float32", "Old (older): 8 lanes"]
    assert f"| times PyTorch | {' | '.join(heads)} |" in text
    assert "| H=1 | 2.05 | 1.30 | 1.30 | 1.30 |" in text
    assert text.index("## A CPU (made-up), 2 cores") < text.index("## Old (older), 2 cores")


def test_what_is_not_measured_now_is_kept(tmp_path):
    failed = [{"row": "H=2", "why": "no memory"}, {"row": "H=2, 8 lanes", "why": "no memory either"}]
    keep(FOUND | {"eight_lanes": [ROW], "failed": failed}, tmp_path)
    now, one = FOUND | {"versions": {"PyTorch": "9"}}, [("training", "H=2", None)]
    kept = kept_before(now, tmp_path, one, whole=True)
    assert kept["versions"] == {"Python": "3.11", "PyTorch": "9"}
    assert (kept["eight_lanes"], kept["failed"]) == ([ROW], failed[1:])
    assert "training" not in kept
    assert kept_before(now, tmp_path, one, whole=False)["training"] == [ROW]
    assert kept_before(now, tmp_path, [("eight_lanes", "H=2", None)], whole=True)["failed"] == failed[:1]
    assert kept_before(now | {"cores": 3}, tmp_path, one, whole=False) == {}
    first = [ROW | {"row": "H=1"}, ROW | {"row": TRAINING[1].row.name}, ROW | {"row": TRAINING[0].row.name}]
    names = [row["row"] for row in in_order("training", first)]
    assert names == [TRAINING[0].row.name, TRAINING[1].row.name, "H=1"]


@pytest.mark.parametrize("precision", list(LIMITS))
def test_the_limit_s_loop_sums_in_registers(precision, side):
    turns, flop = LIMITS[precision]
    out = made_room()
    turns(1000, out)
    added = {"float32": (1 - 0.999**1000) * 6, "bf16": 1000 * 2 * float(PAIR) ** 2 * 6}[precision]
    assert out[0] == pytest.approx(added, rel=0.02)
    assert flop % len(out) == 0
    assert side.limit(2, 1000, precision)["gflops"] > 0


def test_many_threads_are_measured_where_there_are_many_cores(monkeypatch, tmp_path):
    monkeypatch.setattr(rows, "MANY_THREADS", TINY)
    bench = races.Bench(sys.executable, sys.executable, 2, 0.0, str(tmp_path))
    with pytest.raises(RowSkippedError, match="this machine has 2 cores"):
        races.many_threads(bench, "float32")
    monkeypatch.setattr(races, "LIMIT_TURNS", 1_000)
    monkeypatch.setattr(races, "FEW_CORES", 1)
    found = races.many_threads(bench, "float32")
    assert set(found["parts"]) == {1, 2}
    assert found["found"].startswith("tokens/s and share of the limit on 1: ")


def test_the_fastest_of_each_precision_is_told():
    rates = {("float32", 1): [1, 2, 3], ("float32", 2): [4, 5, 6], ("bf16", 1): [7, 8, 9], "limit": [1]}
    assert fastest(rates, dict.fromkeys([("float32", 1), ("float32", 2), ("bf16", 1), ("bf16", 2)]), 10) == {
        "float32": {"threads": 2, "tokens_per_second": 50},
        "bf16": {"threads": 1, "tokens_per_second": 80},
    }


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
