"""What several processes cost is measured by hand; here: the turns of ranks and threads, and what is told of them."""

from tests.bench import ranks
from tests.bench.made_up import FACTS


def test_ranks_and_threads_take_turns_and_the_page_tells_medians(tmp_path, monkeypatch, capsys):
    speeds = {2: iter([0.0, 900.0, 1000.0, 1100.0]), 1: iter([0.0, 1000.0, 1000.0, 1000.0])}
    asked = []

    def trained(processes, threads, updates, folder):
        asked.append((processes, threads, updates))
        return next(speeds[processes])

    monkeypatch.setattr(ranks, "trained", trained)
    monkeypatch.setattr(ranks, "machine", lambda: FACTS)
    page = tmp_path / "RANKS.md"
    page.write_text("# Several processes\n\nSaid before.\n", encoding="utf-8")
    ranks.main(["--beside-threads", "--turns", "3", "--updates", "50", "--page", str(page)])
    assert asked == [(2, 1, 2), (1, 2, 2), (2, 1, 50), (1, 2, 50), (1, 2, 50), (2, 1, 50), (2, 1, 50), (1, 2, 50)]
    row = "| 2 x 256 | 32 | 1,000 | 1,000 | 1.00 | 0.90 to 1.10 | 3 |"
    assert row in capsys.readouterr().out
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == ["# Several processes", "", "Said before.", ""]
    assert row in lines
