"""Style files, bases and checkpoints: what is loaded, and what is refused and how."""

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from stylereel.core.errors import OutputError, StyleError
from stylereel.core.nets.dialled import KNOTS
from stylereel.core.nets.files import load_painter, write_base, write_style
from stylereel.core.nets.reel import ReelNet
from stylereel.core.nets.shelf import StyleRecord, find_style, read_record


def shelf(folder: Path, name: str = "ink") -> Path:
    torch.manual_seed(2)
    net = ReelNet(8)
    base = write_base(folder / "base8.safetensors", net, {"name": "base8"})
    gamma = 1 + 0.1 * torch.randn(len(KNOTS), net.affine_size)
    record = StyleRecord(name, base, "CC0-1.0", "ink.png", "0" * 64, {"steps": 1})
    write_style(folder / f"{name}.safetensors", gamma, torch.zeros_like(gamma), record)
    return folder / f"{name}.safetensors"


def test_a_style_comes_back_with_its_record_and_base(tmp_path: Path) -> None:
    path = shelf(tmp_path)
    assert read_record(path).training == {"steps": 1}
    pixels = torch.rand(1, 3, 32, 32) * 255
    assert load_painter(path).paint(pixels, 1e10).shape == pixels.shape
    assert find_style("ink", (tmp_path,)) == path


def test_a_base_on_the_shelf_is_found_from_elsewhere(tmp_path: Path) -> None:
    path = shelf(tmp_path / "shelf")
    elsewhere = tmp_path / "ink.safetensors"
    path.rename(elsewhere)
    with pytest.raises(StyleError, match=r"base net .* is neither beside it"):
        load_painter(elsewhere)
    load_painter(elsewhere, (tmp_path / "shelf",))


def test_another_base_of_the_same_name_is_not_taken(tmp_path: Path) -> None:
    path = shelf(tmp_path)
    (tmp_path / "base8.safetensors").unlink()
    write_base(tmp_path / "base8.safetensors", ReelNet(8), {"name": "base8"})
    with pytest.raises(StyleError, match="base net"):
        load_painter(path)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = shelf(tmp_path)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="there already"):
        shelf(tmp_path)
    assert path.read_bytes() == before


def test_an_unknown_style_names_the_nearest(tmp_path: Path) -> None:
    shelf(tmp_path)
    with pytest.raises(StyleError) as caught:
        find_style("imk", (tmp_path,))
    assert "Did you mean 'ink'" in str(caught.value)


class Evil:
    """What a pickle can hide."""

    def __reduce__(self):
        return (Path.touch, (Path("it_ran"),))


def refused(tmp_path: Path) -> dict[str, Path]:
    path = shelf(tmp_path)
    truncated = tmp_path / "short.safetensors"
    truncated.write_bytes(path.read_bytes()[:-100])
    evil = tmp_path / "evil.pth"
    evil.write_bytes(pickle.dumps({"conv1.conv2d.weight": Evil()}))
    other = tmp_path / "other.safetensors"
    save_file({"layer.weight": torch.zeros(3, 3)}, other)
    wide = tmp_path / "wide.pth"
    torch.save(torch.zeros(3), wide)
    picture = tmp_path / "picture.pth"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    empty = tmp_path / "empty.pth"
    empty.touch()
    return {
        "truncated": truncated,
        "evil": evil,
        "other": other,
        "tensor": wide,
        "picture": picture,
        "empty": empty,
    }


@pytest.mark.parametrize("kind", ["truncated", "evil", "other", "tensor", "picture", "empty"])
def test_what_is_no_net_is_refused_with_its_place(tmp_path: Path, monkeypatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = refused(tmp_path)[kind]
    with pytest.raises(StyleError) as caught:
        load_painter(path)
    assert caught.value.where == str(path) and caught.value.exit_code == 2
    assert not (tmp_path / "it_ran").exists()
