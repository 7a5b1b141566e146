"""Four scenes of real footage, each in another style, painted by the shelf's nets and relinked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from stylereel.core.dial import to_dial
from stylereel.core.media.colour import to_rgb
from stylereel.core.media.reader import FrameReader
from stylereel.otio_adapters.timelines import read_cut
from support.real_cut import write_real_cut

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "stylereel.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)


@pytest.fixture(scope="module")
def rendered(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    done = run(folder, "render", str(write_real_cut(samples, folder)))
    assert done.returncode == 0, done.stderr
    return folder


def weights(folder: Path) -> dict[tuple[int, int], list[float]]:
    """For every clip, by its record range, the planned weight of each frame that can be seen."""
    planned = json.loads(run(folder, "plan", "cut.xml", "--json").stdout)
    assert {shot["status"] for shot in planned["shots"]} == {"cached"}
    return {
        (use["record_in"], use["record_out"]): shot["weights"]
        for shot in planned["shots"]
        for use in shot["uses"]
    }


def test_ramps_lie_where_the_scenes_and_transitions_are(rendered: Path) -> None:
    found = {place: [to_dial(weight) for weight in row] for place, row in weights(rendered).items()}
    exam, form = to_dial(2e10), to_dial(3e10)
    first = found[0, 40]  # 40 frames and a tail of 8
    assert first[:13] == pytest.approx([exam * n / 12 for n in range(13)])
    assert first[32:] == pytest.approx([exam * (15 - n) / 16 for n in range(16)]) and len(first) == 48
    second = found[40, 64]  # a head of 8, then 24 frames; no ramp at the jump cut
    assert second[:16] == pytest.approx([form * n / 16 for n in range(16)])
    assert second[16:] == pytest.approx([form] * 16) and len(second) == 32
    assert found[64, 88] == pytest.approx([form] * 24)
    assert found[88, 120][:9] == pytest.approx([to_dial(5e10) * n / 8 for n in range(9)])
    last = found[120, 160]
    assert last[:24] == pytest.approx([to_dial(1e10)] * 24)
    assert last[24:] == pytest.approx([to_dial(1e10) * (15 - n) / 16 for n in range(16)])


def test_the_picture_follows_the_ramps_frame_by_frame(rendered: Path) -> None:
    before, after = read_cut(rendered / "cut.xml"), read_cut(rendered / "cut_stylereel" / "cut_styled.xml")
    rows = weights(rendered)
    for old, new in zip(before.uses, after.uses, strict=True):
        row = rows[old.record.first, old.record.stop]
        away = [_distance(old, new, offset) for offset in range(old.offsets.first, old.offsets.stop)]
        for weight, distance in zip(row, away, strict=True):
            assert (distance < 0.6) == (weight == 0), (
                f"{old.clip}: {distance:.2f} of 255 away at {weight:.2g}"
            )
        rising = [row[n + 1] > row[n] for n in range(len(row) - 1)]
        steps = [away[n + 1] - away[n] for n in range(len(row) - 1) if rising[n]]
        assert sum(step > -0.5 for step in steps) == len(steps), f"{old.clip}: {steps}"


def _distance(old, new, offset: int) -> float:
    with FrameReader(old.media.path) as source, FrameReader(new.media.path) as styled:
        pair = to_rgb(source.read(old.time.frame(offset))), to_rgb(styled.read(new.time.frame(offset)))
    return float(torch.mean(torch.abs(pair[0] - pair[1])))
