"""A model in child processes, forked or spawned, before and after the parent has used it and while it does.

Each test is a program of its own, since what is forked here must not be the tests' own process.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import ROOT, environment

PROGRAM = """
import multiprocessing, sys, threading, time
import numpy as np
import lstmgen

SECONDS = 60  # as good as never

def answer(model, queue):
    score = model.score("The fox said: the moon is in the well. " * 9).nats.tobytes()
    queue.put((score, model.samples(16, "The ", length=12, seed=1), model.sample("The ", length=30, seed=2)))

def of_child(model, how):
    context = multiprocessing.get_context(how)
    queue = context.Queue()
    child = context.Process(target=answer, args=(model, queue))
    child.start()
    try:
        return queue.get(timeout=SECONDS)
    finally:
        child.kill()
        child.join()

def of_this(model):
    import queue
    found = queue.Queue()
    answer(model, found)
    return found.get()

def main():
    {body}

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], str]:
    """Runs the program with a body; what it prints."""

    def ran(body: str) -> str:
        program = tmp_path / "program.py"
        program.write_text(PROGRAM.replace("{body}", "\n    ".join(body.strip().splitlines())), encoding="utf-8")
        command = [sys.executable, "-W", "ignore", str(program)]
        found = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=110, check=False
        )
        assert (found.returncode, found.stderr) == (0, "")
        return found.stdout

    return ran


forked = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there are no forks here")


@forked
def test_forked_before_and_after_the_parent_has_used_it(run: Callable[[str], str]) -> None:
    body = """
model = lstmgen.load("ready")
before = of_child(model, "fork")
right = of_this(model)
after = of_child(model, "fork")
print(before == right, after == right, of_this(model) == right)
"""
    assert run(body) == "True True True\n"


@forked
def test_a_child_s_child_and_threads_of_a_child(run: Callable[[str], str]) -> None:
    body = """
from concurrent.futures import ThreadPoolExecutor
model = lstmgen.load("ready")
right = of_this(model)

def both(queue):
    with ThreadPoolExecutor(4) as pool:
        threads = [found == right for found in pool.map(lambda _: of_this(model), range(4))]
    queue.put((of_child(model, "fork") == right, threads))

context = multiprocessing.get_context("fork")
queue = context.Queue()
child = context.Process(target=both, args=(queue,))
child.start()
print(queue.get(timeout=SECONDS))
child.join(SECONDS)
print(child.exitcode)
"""
    assert run(body) == "(True, [True, True, True, True])\n0\n"


@forked
def test_forked_while_other_threads_are_at_work(run: Callable[[str], str]) -> None:
    body = """
model = lstmgen.load("ready")
right, done = of_this(model), threading.Event()

def work():
    while not done.is_set():
        model.network.refresh()  # so that weights are packed, under a lock, again and again
        of_this(model)

workers = [threading.Thread(target=work) for _ in range(3)]
for worker in workers:
    worker.start()
print(all(of_child(model, "fork") == right for _ in range(12)))
done.set()
for worker in workers:
    worker.join()
"""
    assert run(body) == "True\n"


@forked
def test_a_lock_that_is_held_is_not_taken_over(run: Callable[[str], str]) -> None:
    body = """
from numba.core.compiler_lock import global_compiler_lock
model = lstmgen.load("ready")
right = of_this(model)
network, held = model.network, threading.Event()

def hold():
    locks = model._making(), network._packing._lock(), network._spaces._lock(), network.threads._crew().busy
    with locks[0], locks[1], locks[2], locks[3], global_compiler_lock:
        held.set()
        time.sleep(0.5)

holder = threading.Thread(target=hold)
holder.start()
held.wait()
network.refresh()
print(of_child(model, "fork") == right)
model._network = None
print(of_child(model, "fork") == right)
holder.join()
"""
    assert run(body) == "True\nTrue\n"


@forked
def test_what_another_thread_is_making_is_made_by_the_child_too(run: Callable[[str], str]) -> None:
    body = """
from lstmgen.lazy import cached_property

class Slow:
    @cached_property
    def thing(self):
        making.set()
        time.sleep(0.5)
        return object()

making, slow, queue = threading.Event(), Slow(), multiprocessing.get_context("fork").SimpleQueue()
maker = threading.Thread(target=lambda: slow.thing)
maker.start()
making.wait()
child = multiprocessing.get_context("fork").Process(target=lambda: queue.put(slow.thing is slow.thing))
child.start()
print(queue.get())
child.join(SECONDS)
maker.join()
print(slow.thing is slow.thing)
"""
    assert run(body) == "True\nTrue\n"


def test_spawned_before_and_after_the_parent_has_used_it(run: Callable[[str], str]) -> None:
    body = """
model = lstmgen.load("ready")
before = of_child(model, "spawn")
right = of_this(model)
print(before == right, of_child(model, "spawn") == right)
clamped = model.clamped("f.3=0")
print(of_child(clamped, "spawn") == of_this(clamped) != right)
"""
    assert run(body) == "True True\nTrue\n"
