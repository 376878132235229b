"""Threads that share work: order of results, errors, sleep, work given from several threads, the end."""

import gc
import threading
import time

import numpy as np
import pytest

from lstmgen.kernels.crew import Crew
from lstmgen.kernels.threads import ThreadPool


def alive():
    """All threads of crews."""
    return {thread for thread in threading.enumerate() if thread.name == "lstmgen"}


def test_results_come_in_order_each_from_a_thread_of_its_own():
    crew = Crew(3)
    for k in range(50):
        results = crew.run([lambda n=n + k: (n, threading.get_ident()) for n in range(4)])
        assert [number for number, _ in results] == [k, k + 1, k + 2, k + 3]
        assert len({thread for _, thread in results}) == 4
        assert results[0][1] == threading.get_ident()


def test_a_helper_that_has_gone_to_sleep_is_woken():
    crew = Crew(1)
    assert crew.run([lambda: 1, lambda: 2]) == [1, 2]
    time.sleep(0.05)  # far longer than it watches
    assert crew.run([lambda: 3, lambda: 4]) == [3, 4]
    assert crew.run([lambda: 5, lambda: time.sleep(0.05)]) == [5, None]  # the caller sleeps, too


@pytest.mark.parametrize("culprit", [0, 1, 2])
def test_an_error_is_raised_when_all_have_ended(culprit):
    crew, ended = Crew(2), []

    def work(n):
        if n == culprit:
            raise ValueError(f"number {n}")
        time.sleep(0.02)
        ended.append(n)

    with pytest.raises(ValueError, match=f"number {culprit}"):
        crew.run([lambda n=n: work(n) for n in range(3)])
    assert sorted(ended) == [n for n in range(3) if n != culprit]
    assert crew.run([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]  # nothing is left over


def test_of_several_errors_none_is_left_for_the_next_caller():
    crew = Crew(2)

    def fail(n):
        raise ValueError(f"number {n}")

    with pytest.raises(ValueError, match="number 0"):
        crew.run([lambda n=n: fail(n) for n in range(3)])
    assert crew.run([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]


def test_what_is_left_of_a_wait_that_was_broken_off_is_not_the_next_caller_s():
    crew = Crew(1)

    def slow_failure():
        time.sleep(0.05)
        raise ValueError("late")

    crew._helpers[0].give(slow_failure)  # and nobody waits for it, as after a second Ctrl-C
    assert crew.run([lambda: 1, lambda: 2]) == [1, 2]


def test_there_may_be_more_pieces_than_threads():
    assert ThreadPool(2).split(5, lambda a, b: (a, b), 5) == [(k, k + 1) for k in range(5)]


def test_work_may_be_given_inside_of_work():
    pool = ThreadPool(3)
    assert pool.split(3, lambda a, b: pool.split(6, lambda c, d: (a, c, d))) == [
        [(a, 0, 2), (a, 2, 4), (a, 4, 6)] for a in range(3)
    ]


def test_several_callers_at_once_get_their_own_results_and_groups_meet_one_after_the_other():
    pool, found = ThreadPool(2), {}

    def call(k):
        for _ in range(30):
            meeting = threading.Barrier(2)  # both of a group must be at work at the same time
            together = pool.run_together(2, lambda _, meeting=meeting: (meeting.wait(5), k)[1], np.zeros(1, np.int64))
            found.setdefault(k, []).append((together, pool.split(2, lambda a, b: (k, a))))

    threads = [threading.Thread(target=call, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == {k: [([k, k], [(k, 0), (k, 1)])] * 30 for k in range(4)}


def test_helpers_end_with_their_crew():
    before = alive()
    crew = Crew(2)
    assert crew.run([lambda: 1] * 3) == [1, 1, 1]
    own = alive() - before
    assert len(own) == 2
    del crew
    gc.collect()
    deadline = time.monotonic() + 5
    while own & alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not own & alive()
