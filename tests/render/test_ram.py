"""What of this machine's memory is free, and keeping what was freed."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from stylereel.core import ram
from stylereel.core.nets import memory


def test_this_machine_says_what_is_free(tmp_path: Path) -> None:
    assert 1 << 24 < memory.free_bytes(torch.device("cpu")) < 1 << 50
    for name, text in (("max", "1000"), ("current", "400")):
        (tmp_path / f"memory.{name}").write_text(f"{text}\n")
    assert ram._left_in_group(tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert ram._left_in_group(tmp_path) == ram._left_in_group(tmp_path / "none") > 1 << 60


def test_what_files_hold_in_a_container_s_memory_is_free(tmp_path: Path) -> None:
    for name, text in (("max", "8000"), ("current", "7900"), ("stat", "anon 500\ninactive_file 7200\n")):
        (tmp_path / f"memory.{name}").write_text(text)
    assert ram._left_in_group(tmp_path) == 7300
    (tmp_path / "memory.max").write_text("max")
    assert ram._left_in_group(tmp_path) > 1 << 40


FRAMES = """
import resource, sys
from threading import Thread

import torch
from stylereel.core import ram

ram._ROOMY = int(sys.argv[1])
ram.keep_memory()
def frames():
    for _ in range(20):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(25_000_000)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before, ram._held())
one = Thread(target=frames)
one.start()
one.join()
"""


@pytest.mark.parametrize("roomy", [True, False])
def test_where_there_is_plenty_a_frame_takes_what_the_one_before_freed(roomy: bool) -> None:
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc" or ram._of_glibc("mallinfo2") is None:
        pytest.skip("only glibc 2.33 and later is told to keep memory")
    command = [sys.executable, "-c", FRAMES, str(0 if roomy else 1 << 60)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    faults, held = zip(*(map(int, line.split()) for line in lines), strict=True)
    if roomy:
        assert faults[-1] < faults[0] / 10 and 100_000_000 <= held[-1] < 1_500_000_000
    else:
        assert faults[-1] > faults[0] / 2 and held[-1] < 50_000_000


def test_other_systems_are_left_alone(monkeypatch) -> None:
    for system in ("darwin", "win32"):
        monkeypatch.setattr(ram.sys, "platform", system)
        ram.keep_memory()
        assert ram._held() == 0
