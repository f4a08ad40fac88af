"""A job dies with its supervisor and ends normally otherwise."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes
CODE = (
    "from trainer.job.lifeline import die_with_parent; import time; die_with_parent(); print('up', flush=True); {then}"
)


def start(then: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CODE.format(then=then)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_the_end_of_standard_input_kills_the_group() -> None:
    process = start("time.sleep(600)")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=60) == -9


def test_a_normal_end_stays_normal() -> None:
    assert start("pass").wait(timeout=60) == 0
