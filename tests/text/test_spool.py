"""Ids in memory or in a mapped file: the same corpus, whatever is where."""

import mmap
import re
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.errors import ResourceError
from lstmgen.text import Corpus, Streams, load_text, validation_windows
from lstmgen.text.spool import BLOCK, Spool, blocks, release_pages

resource = pytest.importorskip("resource")  # how much a file may hold, where a disk's end is played
KINDS = (np.uint8, np.uint16, np.uint32)


def is_mapped(ids: np.ndarray) -> bool:
    """Whether the array lies over a file."""
    base: object = ids
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    return isinstance(base, mmap.mmap)


@contextmanager
def files_hold(limit: int) -> Iterator[None]:
    """For a moment no file may grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# The spool


@given(st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(0, 40)), max_size=8), st.integers(0, 200))
@settings(max_examples=60)
def test_a_spool_gives_back_what_it_took(parts: list[tuple[int, int]], above: int) -> None:
    rng = np.random.default_rng(len(parts))
    chunks = [rng.integers(0, 250, count).astype(KINDS[kind]) for kind, count in parts]
    spool = Spool(above / 1e6)
    for chunk in chunks:
        spool.add(chunk)
    whole = spool.finish()
    wanted = np.concatenate([*chunks, np.zeros(0, np.uint8)])
    assert whole.tobytes() == wanted.astype(whole.dtype).tobytes()
    widest = max((kind for kind, count in parts if count), default=0)
    assert whole.dtype == KINDS[widest]
    if whole.nbytes <= above:
        assert whole.flags.writeable and not is_mapped(whole)
    else:
        assert is_mapped(whole) and not whole.flags.writeable
    assert len(spool.finish()) == 0


def test_the_file_is_larger_than_what_is_written_at_a_time() -> None:
    spool, ids = Spool(0.1), np.random.default_rng(1).integers(0, 60_000, 300_001).astype(np.uint16)
    for part in np.array_split(ids, 7):
        spool.add(part)
    whole = spool.finish()
    assert is_mapped(whole) and np.array_equal(whole, ids)


def test_blocks_are_the_whole_and_pages_let_go_are_read_again() -> None:
    spool, ids = Spool(0), np.arange(2 * BLOCK + 5, dtype=np.uint32)
    spool.add(ids)
    whole = spool.finish()
    found = list(blocks(whole, before=2))
    assert [a for a, _ in found] == [0, BLOCK, 2 * BLOCK]
    assert np.array_equal(np.concatenate([block[min(a, 2) :] for a, block in found]), ids)
    assert found[1][1][0] == BLOCK - 2
    for array in (whole, whole[7:100], whole[::3], ids, ids[3:]):
        release_pages(array)
    assert np.array_equal(whole, ids)


def test_the_file_is_where_tmpdir_says_and_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    spool = Spool(0)
    spool.add(np.ones(10, np.uint8))
    whole = spool.finish()
    assert whole.sum() == 10 and not list(tmp_path.iterdir())
    maps = Path("/proc/self/maps")
    if maps.exists():
        assert str(tmp_path) in maps.read_text()


def test_a_full_disk_is_an_error_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    where = re.escape(str(tmp_path))
    wanted = rf"^The text is too long to be kept in a temporary file in {where}: .+\.\nSet TMPDIR .*--mmap-above\.$"
    with files_hold(3_000), pytest.raises(ResourceError, match=wanted) as caught:
        load_text("abcde" * 1_000, mmap_above=0.001)
    assert caught.value.exit_code == 5
    with files_hold(3_000):
        assert len(load_text("abcde" * 1_000, mmap_above=0.01).ids) == 5_000
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ResourceError, match=r"No such file or directory\.\nSet TMPDIR"):
        load_text("abcde", mmap_above=0)


# Corpora

TEXTS = st.text(st.sampled_from("ab .!\n\n我é\U0001f600"), min_size=1, max_size=400)


def alike(one: Corpus, other: Corpus) -> bool:
    """Whether they agree in everything that decides what is learned and recorded."""
    assert one.ids.dtype == other.ids.dtype and one.ids.tobytes() == other.ids.tobytes()
    assert one.starts.tobytes() == other.starts.tobytes() and one.load_options == other.load_options
    assert (one.training_counts == other.training_counts).all()
    facts = ("vocabulary", "characters", "split", "training_characters", "unknown_characters", "digest", "notes")
    return all(getattr(one, name) == getattr(other, name) for name in facts)


@pytest.mark.parametrize("level", ["char", "word"])
@given(TEXTS, st.sampled_from([0, 3, 100, 1_000, 3_000]), st.booleans(), st.sampled_from([None, 1, 2]))
@settings(max_examples=60)
def test_the_same_text_gives_the_same_ids(
    level: str, text: str, above: int, lines: bool, min_count: int | None
) -> None:
    options = {"level": level, "lines": lines, "min_count": min_count, "validation": 0.2}
    text = "ab\nab\n" + text * 7
    kept = load_text(text, **options)  # type: ignore[arg-type]
    filed = load_text(text, mmap_above=above / 1e6, **options)  # type: ignore[arg-type]
    assert not is_mapped(kept.ids) and is_mapped(filed.ids) == (filed.ids.nbytes > above)
    assert alike(kept, filed)


def test_ids_that_grow_wider_late_and_narrow_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmgen.text.reading._CHUNK", 100)
    text = "ab" * 300 + "".join(map(chr, range(0x4E00, 0x4E00 + 400))) + "ab" * 50
    for min_count, kind in ((None, np.uint16), (2, np.uint8)):
        kept = load_text(text, min_count=min_count, validation=0)
        filed = load_text(text, min_count=min_count, validation=0, mmap_above=0)
        assert is_mapped(filed.ids) and filed.ids.dtype == kind and alike(kept, filed)


@pytest.mark.parametrize("lines", [False, True])
def test_windows_are_the_same(lines: bool) -> None:
    text = "One went out. Two came in.\n\nThree" * 500
    kept, filed = (load_text(text, lines=lines, mmap_above=above) for above in (1, 0))
    windows = []
    for corpus in (kept, filed):
        rng = np.random.default_rng(3)
        source = Streams(corpus.training, corpus.training_starts, 4, 25, rng, beginnings=corpus.beginnings)
        shown = [source.next_window() for _ in range(400)] + list(
            validation_windows(corpus.validation, corpus.validation_starts)
        )
        windows.append(b"".join(x.tobytes() + y.tobytes() for x, y in shown))
    assert is_mapped(filed.ids) and windows[0] == windows[1]


@pytest.mark.parametrize("lines", [False, True])
def test_little_stays_in_memory(lines: bool, tmp_path: Path) -> None:
    text = ("the quick brown fox 0123" * 400 + "\n") * 600
    tracemalloc.start()
    try:
        corpus = load_text(text, lines=lines, mmap_above=1)
        places = corpus.beginnings
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(corpus.ids) > 5_000_000 and is_mapped(corpus.ids) and places is None
    assert peak < 22e6  # the table of code points, a chunk, a block
