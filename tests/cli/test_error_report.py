"""Every kind of error becomes a message with the way out and its exit code; none becomes a traceback."""

import errno
import io
import sys
from types import SimpleNamespace

import pytest
import typer

from lstmgen import errors
from lstmgen.cli.error_report import report_error
from tests.cli.running import Runner


def explained(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = report_error(error)
    said = capsys.readouterr()
    assert said.out == ""
    return code, said.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (errors.UsageError("No such thing.\nTake another."), 2, "Error: No such thing.\nTake another.\n"),
        (errors.UsageError("Too large."), 2, "Error: Too large.\nTry 'lstmgen --help' for help.\n"),
        (errors.TextError("Not text."), 3, "Error: Not text.\n"),
        (errors.ModelFileError("Not a model."), 4, "Error: Not a model.\n"),
        (errors.ResourceError("Full."), 5, "Error: Full.\n"),
        (errors.DivergedError("Lost."), 6, "Error: Lost.\n"),
        (errors.LstmgenError("Odd."), 1, "Error: Odd.\n"),
        (errors.InterruptedTraining("interrupted after 5 updates"), 130, "Interrupted after 5 updates\n"),
        (errors.InterruptedTraining("stopped", 143), 143, "Stopped\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (typer.Abort(), 130, "Interrupted.\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
        (
            MemoryError("80 GB"),
            5,
            "Error: Not enough memory (80 GB).\n"
            "Try a smaller corpus, --batch-size, --seq-length or --hidden-size.\n",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "x.txt"),
            5,
            "Error: No space left on device: x.txt.\nCheck the disk, or give another path with --out.\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "x\x1b[2J"),
            5,
            "Error: Permission denied: x\\x1b[2J.\nCheck its permissions, or give another path with --out.\n",
        ),
        (
            OSError(errno.ENAMETOOLONG, "File name too long", "xx"),
            2,
            "Error: File name too long: xx.\nGive a shorter name; --out names the model.\n",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), 2, "Error: No such file: x.\nCheck the path.\n"),
        (
            typer.BadParameter("evil \x1b[31m\n\x9b"),
            2,
            "Error: Invalid value: evil \\x1b[31m\\n\\x9b\nTry 'lstmgen --help' for help.\n",
        ),
    ],
)  # fmt: skip
def test_error_to_message_and_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(error, BrokenPipeError):  # it lets go of stdout, and this process needs its own
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        assert report_error(error) == 0
        return
    assert explained(error, capsys) == (code, said)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("'0,5' is not a valid float.", "--x must be a number, with a point, not '0,5'."),
        ("'many' is not a valid integer range.", "--x must be a whole number, not 'many'."),
        ("'1,5' is not a valid integer.", "--x must be a whole number, not '1,5'."),
        ("'C' is not one of 'a', 'b'.", "--x must be one of a, b, not 'C'."),
        ("Value error, 'C' is not one of 'a', 'b'.", "--x must be one of a, b, not 'C'."),
    ],
)
def test_what_is_not_taken_is_said_alike_by_every_typer(
    message: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = typer.BadParameter(message)
    error.param = SimpleNamespace(opts=["--x", "-x"])  # type: ignore[assignment]
    assert explained(error, capsys) == (2, f"Error: {said}\nTry 'lstmgen --help' for help.\n")


def test_a_bug_is_called_a_bug(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("oh \x1b[31m")

    monkeypatch.delenv("LSTMGEN_DEBUG", raising=False)
    with pytest.raises(RuntimeError) as caught:
        fail()
    code, said = explained(caught.value, capsys)
    line = fail.__code__.co_firstlineno + 1
    assert code == 1
    assert said == (
        "Error: this is a bug in lstmgen, not a mistake of yours: RuntimeError: oh \\x1b[31m "
        f"(test_error_report.py, line {line})\n"
        "Please report it, with your command and what it prints when LSTMGEN_DEBUG=1 is set.\n"
    )
    monkeypatch.setenv("LSTMGEN_DEBUG", "1")
    code, said = explained(caught.value, capsys)
    assert code == 1
    assert "Traceback (most recent call last):" in said
    assert said.endswith("RuntimeError: oh \\x1b[31m\n")


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ("sample --tempreature 1", "sample"),
        ("sample --temperature hot", "sample"),
        ("sample --temperature -3", "sample"),
        ("sample --temperature", "sample"),
        ("sample story", "sample"),
        ("train storybook --dropout 7", "train"),
        ("train storybook --tim 1m", "train"),
        ("inspect gates --unit 3", "inspect gates"),
        ("inspect unroll --steps -1", "inspect unroll"),
        ("inspect predictions story", "inspect predictions"),
        ("inspect gate", "inspect"),
        ("sampel", ""),
    ],
)
def test_a_wrong_option_points_to_its_commands_help(arguments: str, command: str, run: Runner) -> None:
    ran = run(*arguments.split())
    assert (ran.code, ran.out) == (2, "")
    *_, last = ran.err.splitlines()
    assert last == f"Try '{f'lstmgen {command}'.rstrip()} --help' for help."


def test_a_near_miss_is_named(run: Runner) -> None:
    assert "--temperature" in run("sample", "--tempreature", "1").err
    assert "--units" in run("inspect", "gates", "--unit", "3").err
    assert "sample" in run("sampel").err
