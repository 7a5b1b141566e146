"""What is built from the repository holds every module and every file that goes with them."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "otio_adapters", "cli", "presets")
DATA = (".toml", ".safetensors", ".png", "_thumbnail.jpg", ".json")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of HEAD, as a download of the repository has it."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    folder = tmp_path_factory.mktemp("archive")
    packed = folder / "head.tar"
    subprocess.run(["git", "archive", "-o", str(packed), "HEAD"], cwd=ROOT, check=True)
    with tarfile.open(packed) as tar:
        tar.extractall(folder / "stylereel", filter="data")
    return folder / "stylereel"


@pytest.fixture(scope="module", params=["wheel", "sdist then wheel"])
def wheel(request: pytest.FixtureRequest, archive: Path) -> Path:
    out = archive.parent / request.param.replace(" ", "_")
    how = ["--wheel"] if request.param == "wheel" else []
    command = [sys.executable, "-m", "build", "--no-isolation", *how, "--outdir", str(out), str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_module_and_no_other(wheel: Path, archive: Path) -> None:
    modules = {path for room in ROOMS for path in (archive / room).rglob("*.py")}
    expected = {f"stylereel/{path.relative_to(archive).as_posix()}" for path in modules}
    assert {name for name in names(wheel) if name.endswith(".py")} == expected


def test_the_wheel_holds_the_data_that_the_rooms_hold(wheel: Path, archive: Path) -> None:
    data = {path for room in ROOMS for path in (archive / room).rglob("*") if path.name.endswith(DATA)}
    expected = {f"stylereel/{path.relative_to(archive).as_posix()}" for path in data}
    assert "stylereel/presets/exam.png" in expected
    assert {name for name in names(wheel) if name.endswith(DATA)} == expected


def test_the_wheel_takes_one_name_only_and_brings_its_licence(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"stylereel"}
    assert "stylereel/__init__.py" not in names(wheel), "stylereel is a namespace"
    assert any(name.endswith("licenses/LICENSE") for name in names(wheel))
    entry = next(name for name in names(wheel) if name.endswith("entry_points.txt"))
    assert "stylereel = stylereel.cli.main:main" in zipfile.ZipFile(wheel).read(entry).decode()
    assert "stylereel = stylereel.otio_adapters" in zipfile.ZipFile(wheel).read(entry).decode()


READ = """
import sys
import opentimelineio as otio
import stylereel.otio_adapters
found = otio.adapters.read_from_file(sys.argv[1])
print(stylereel.otio_adapters.__file__, type(found).__name__, *(clip.name for clip in found.find_clips()))
"""
CUT = """<xmeml version="4"><sequence id="s"><name>Reel</name><rate><timebase>25</timebase></rate>
<media><video>
<track><clipitem id="c"><name>take</name><start>0</start><end>9</end><in>0</in><out>9</out>
<file id="f"><pathurl>file://localhost/a.mov</pathurl><duration>9</duration></file></clipitem></track>
</video></media></sequence></xmeml>"""


def test_the_plug_in_works_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """Without `site`, which would bring a checkout that is installed for development."""
    place, cut = tmp_path / "installed", tmp_path / "cut.xmeml"
    zipfile.ZipFile(wheel).extractall(place)
    cut.write_text(CUT, encoding="utf-8")
    path = os.pathsep.join([str(place), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    command = [sys.executable, "-S", "-c", READ, str(cut)]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "could not load plugin: stylereel" not in done.stderr
    assert done.stdout.split()[1:] == ["Timeline", "take"] and str(place) in done.stdout
