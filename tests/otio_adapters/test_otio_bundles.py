"""Bundles whose bytes are damaged anywhere, whatever they are packed with."""

import random
import zipfile

import pytest
from stylereel.core.errors import TimelineError
from stylereel.otio_adapters import timelines
from support.cuts import saved

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.mark.parametrize("method", METHODS)
def test_damage_to_a_bundle_is_a_clear_error_wherever_it_is(tmp_path, monkeypatch, method):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    dice = random.Random(method)
    with zipfile.ZipFile(tmp_path / "whole.otioz", "w", method) as whole:
        whole.writestr("content.otio", '{"OTIO_SCHEMA": "SerializableCollection.1", "children": []}')
        whole.writestr("media/é.mov", dice.randbytes(300))
    data = (tmp_path / "whole.otioz").read_bytes()
    for _ in range(300):
        damaged = bytearray(data)
        at = dice.randrange(len(data) - 4)
        damaged[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", dice.randbytes(4)))
        with pytest.raises(TimelineError):  # at best it holds no timeline
            timelines.read_cut(saved(tmp_path, bytes(damaged), "damaged.otioz"))


@pytest.mark.parametrize("method", METHODS[1:])
def test_media_that_cannot_be_unpacked_is_a_clear_error_and_leaves_nothing(tmp_path, monkeypatch, method):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "cut.otioz"
    with zipfile.ZipFile(path, "w", method) as bundle:
        bundle.writestr("content.otio", '{"OTIO_SCHEMA": "Timeline.1"}', zipfile.ZIP_STORED)
        bundle.writestr("media/a.mov", b"picture" * 100)
        begin = bundle.getinfo("media/a.mov").header_offset + 30 + len("media/a.mov")
    data = bytearray(path.read_bytes())
    data[begin + 4 : begin + 30] = b"\xff" * 26
    with pytest.raises(TimelineError, match="bundle cannot be read"):
        timelines.read_cut(saved(tmp_path, bytes(data), "damaged.otioz"))
    assert not [each for each in (tmp_path / "cache").rglob("*") if each.is_file()]
