"""What is said of a net's file without loading it, and that loading says the same."""

import random
from pathlib import Path

import pytest
import torch
from stylereel.core.errors import StyleError
from stylereel.core.nets.files import load_painter, read_tensors
from stylereel.core.nets.unopened import check_file, net_key
from support.bad_nets import RAN, bad_nets, checkpoint
from support.ink import write_ink
from torch import nn

KINDS = (
    "text;PNG;JPEG;web page;pointer;empty;cut off;cut off, old;evil;evil, protocol 4;evil archive;whole net;"
    "whole net, old;script;four channels;twelve wide;another kernel;another net;a base;no base;style, cut off"
).split(";")


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    return bad_nets(tmp_path_factory.mktemp("nets"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("look", [check_file, load_painter], ids=["looked at", "loaded"])
def test_what_cannot_be_worn_is_refused_and_nothing_of_it_runs(
    nets, tmp_path, monkeypatch, kind, look
) -> None:
    monkeypatch.chdir(tmp_path)
    path, told = nets[kind]
    with pytest.raises(StyleError) as caught:
        look(path)
    assert told in caught.value.what and str(path.parent) in caught.value.where
    assert not (tmp_path / RAN).exists()


def test_all_kinds_are_tried(nets) -> None:
    assert set(KINDS) == nets.keys()


@pytest.mark.parametrize("kind", ["evil", "evil archive"])
def test_torch_would_not_run_it_either(nets, tmp_path, monkeypatch, kind) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StyleError):
        read_tensors(nets[kind][0])
    assert not (tmp_path / RAN).exists()


def test_what_can_be_worn_is_not_refused(tmp_path: Path) -> None:
    good = {"zip": tmp_path / "net.pth", "old": tmp_path / "net.model", "params": tmp_path / "p.pt"}
    torch.save(checkpoint(), good["zip"])
    torch.save(dict(checkpoint()), good["old"], _use_new_zipfile_serialization=False)
    torch.save({key: nn.Parameter(value) for key, value in checkpoint().items()}, good["params"])
    for path in (*good.values(), write_ink(tmp_path)):
        check_file(path)
        load_painter(path)
        assert len(net_key(path)) == 64


def test_samples_from_the_web_are_not_refused(samples: Path) -> None:
    found = sorted((samples / "weights").glob("foreign_*"))
    for path in found:
        check_file(path)
    assert found


@pytest.mark.parametrize(
    "content",
    [
        {0: torch.zeros(1)},
        {"state_dict": checkpoint()},
        [torch.zeros(2)],
        {**checkpoint(channels=4)},
        {**checkpoint(), "in1.weight": torch.zeros(8, 1)},
        {**checkpoint(), "in1.weight": torch.tensor(1.0)},
        {key: value for key, value in checkpoint().items() if key != "in5.bias"},
    ],
    ids=["numbered", "nested", "list", "four channels", "flat norm", "norm of one", "no last bias"],
)
def test_checkpoints_of_other_nets_are_refused_when_loaded(tmp_path: Path, content) -> None:
    path = tmp_path / "net.pth"
    torch.save(content, path)
    check_file(path)
    with pytest.raises(StyleError) as caught:
        load_painter(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("old", [False, True], ids=["zip", "old"])
def test_no_damaged_checkpoint_ends_in_anything_but_an_error_or_a_net(tmp_path: Path, old: bool) -> None:
    path, chance = tmp_path / "net.pth", random.Random(3)
    torch.save(checkpoint(), path, _use_new_zipfile_serialization=not old)
    whole = path.read_bytes()
    for _ in range(60):
        torn = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.randrange(4)):
            torn[chance.randrange(len(torn)) // chance.choice([1, 50])] = chance.randrange(256)
        path.write_bytes(torn)
        try:
            load_painter(path)
        except StyleError as error:
            assert error.where == str(path)
