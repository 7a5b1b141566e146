"""Style files, bases and checkpoints: what is loaded, and what is refused and how."""

import pickle
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from stylereel.core.errors import OutputError, StyleError
from stylereel.core.layers import rooted_style
from stylereel.core.nets.dialled import KNOTS, Style
from stylereel.core.nets.files import load_painter, load_style, write_base, write_style
from stylereel.core.nets.reel import ReelNet
from stylereel.core.nets.shelf import FORMAT, StyleRecord, find_style, read_record, sha256


def shelf(folder: Path, name: str = "ink", manner: Sequence[torch.Tensor] = ()) -> Path:
    torch.manual_seed(2)
    net = ReelNet(8)
    base = write_base(folder / "base8.safetensors", net, {"name": "base8"})
    gamma = 1 + 0.1 * torch.randn(len(KNOTS), net.affine_size)
    record = StyleRecord(name, base, "CC0-1.0", "ink.png", "0" * 64, {"steps": 1})
    style = Style(name, net, gamma, torch.zeros_like(gamma), base, manner)
    write_style(folder / f"{name}.safetensors", style, record)
    return folder / f"{name}.safetensors"


def test_a_style_comes_back_with_its_record_and_base(tmp_path: Path) -> None:
    path = shelf(tmp_path)
    assert read_record(path).training == {"steps": 1}
    pixels = torch.rand(1, 3, 32, 32) * 255
    assert load_painter(path).paint(pixels, 1e10).shape == pixels.shape
    assert find_style("ink", (tmp_path,)) == path


def test_a_style_carries_what_it_is_measured_against(tmp_path: Path) -> None:
    """Gram matrices of features with few directions, as those of pictures are, come back as they were."""
    features = [torch.randn(width, 20) @ torch.randn(20, 500) for width in (64, 128, 256, 512)]
    manner = [(one @ one.T / 500)[None] for one in features]
    found = load_style(shelf(tmp_path, "full", manner)).manner
    assert [one.shape for one in found] == [one.shape for one in manner]
    for ours, theirs in zip(found, manner, strict=True):
        assert float((ours - theirs).norm() / theirs.norm()) < 1e-3
    assert not load_style(shelf(tmp_path)).manner


def test_a_manner_of_other_shapes_is_refused(tmp_path: Path) -> None:
    tensors = {"gamma": torch.ones(5, 400), "beta": torch.ones(5, 400), "manner.2": torch.ones(3, 32)}
    with safe_open(shelf(tmp_path), framework="pt") as file:
        save_file(tensors, tmp_path / "odd.safetensors", file.metadata())
    with pytest.raises(StyleError, match=r"manner\.2 is 3 x 32"):
        load_painter(tmp_path / "odd.safetensors")


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
        write_base(path, ReelNet(8), {})
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


def test_the_later_folder_wins_as_it_does_for_presets(tmp_path: Path) -> None:
    shipped, own = shelf(tmp_path / "shipped"), shelf(tmp_path / "own")
    assert find_style("ink", (shipped.parent, own.parent)) == own


@pytest.mark.parametrize("style", ["nets/gone.pth", "gone.safetensors", "C:/nets/gone.pth"])
def test_a_path_that_leads_nowhere_is_not_looked_for_on_the_shelf(tmp_path: Path, style: str) -> None:
    shelf(tmp_path)
    with pytest.raises(StyleError, match="there is no file") as caught:
        find_style(style, (tmp_path,))
    assert style in caught.value.what and "shelf" not in str(caught.value)
    assert ("Windows" in caught.value.hint) == style.startswith("C:")


def test_a_windows_path_is_not_made_one_of_this_folder(tmp_path: Path) -> None:
    for style in ("C:\\nets\\a.pth", "\\\\server\\nets\\a.pth"):
        assert rooted_style({"style": style}, tmp_path) == {"style": style}
    assert rooted_style({"style": "nets\\a.pth"}, tmp_path) == {"style": str(tmp_path / "nets" / "a.pth")}


def test_suffixes_count_in_any_case(tmp_path: Path) -> None:
    path = shelf(tmp_path)
    upper = path.rename(path.with_name("INK.SAFETENSORS"))
    assert find_style(str(upper), ()) == upper and load_painter(upper)


def test_what_is_not_there_cannot_be_hashed_or_loaded(tmp_path: Path) -> None:
    for read in (sha256, load_painter):
        with pytest.raises(StyleError) as caught:
            read(tmp_path / "gone.pth")
        assert caught.value.where == str(tmp_path / "gone.pth")


def test_a_number_is_no_reason(tmp_path: Path) -> None:
    """A pickle that fetches what it has never stored: torch says `KeyError: 174812789`."""
    path = tmp_path / "odd.pth"
    path.write_bytes(b"\x80\x02j" + (174812789).to_bytes(4, "little") + b".")
    with pytest.raises(StyleError, match="neither a PyTorch checkpoint"):
        load_painter(path)


@pytest.mark.parametrize("training", [None, "{broken"])
def test_a_damaged_record_is_told(tmp_path: Path, training: str | None) -> None:
    record = {"format": FORMAT, "kind": "style", "name": "a", "base": "0", "licence": "", "picture": ""}
    record |= {"picture_sha256": ""} | ({} if training is None else {"training": training})
    save_file({"gamma": torch.zeros(1)}, tmp_path / "a.safetensors", record)
    with pytest.raises(StyleError, match="record is damaged"):
        read_record(tmp_path / "a.safetensors")
