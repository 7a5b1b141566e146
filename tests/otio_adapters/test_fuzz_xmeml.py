"""Malformed timelines give a cut of sane numbers or a clear error with a place; no traceback, no hang.

Each seed damages a document in its own way: real exports where they are at hand, and our own.
"""

import random
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from time import process_time

import pytest
from stylereel.core.conform import conformed
from stylereel.core.cut import Cut, MediaFacts
from stylereel.core.errors import StyleReelError
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.cut import Blend, Clip, Sequence, Track, opacity
from stylereel.otio_adapters.premiere.writer import premiere_xml
from support import bare_cuts
from support.cuts import saved, source

RATE = Fraction(25)
SECONDS = 5  # of processor time for one document, read and planned
JUNK = (
    *("", "-1", "-2", "0", "1", "1.5", "1/2", "nan", "inf", "-inf", "1e9", "1e99", "x", "é", "\U0001f600"),
    *("9" * 18, "9" * 20, "-" + "9" * 18, "9" * 5000, "2147483648", "29", "14", "1000", "1001", "-100"),
    *("100000", "100000000", "0.0001", "TRUE", "FALSE", "..", "/", "C:", "file:", "file://", "%00", "a\nb"),
    *("http://a/b.mov", "file://localhost/a.r3d", "00:00:00;00", "timeremap", "start-black", "speed"),
)
NUMBERS = frozenset(
    "in out start end duration timebase ntsc pproTicksIn pproTicksOut when value frame string cutPointTicks "
    "startoffset valuemin valuemax pathurl alignment enabled effectid parameterid displayformat".split()
)
Tree = list[ElementTree.Element]


def written() -> bytes:
    """A document with everything in it: speed, ramps, nests in nests, transitions, other rates, stills."""
    first, second, alien = source(1), source(2), source(3, Fraction(30000, 1001))
    still = source(4, pathurl="file://localhost/C%3a/x/card%201.png", still=True, stereo=False)
    leaf = Sequence("Leaf", RATE, (Track((Clip(first, 100, 0, 40), Clip(second, 50, 40, 80, speed=2))),))
    slow = Sequence("Slow", Fraction(24), (Track((Clip(source(5, Fraction(24)), 10, 0, 60),)),))
    inner = Track((Clip(leaf, 10, 0, 50), Clip(slow, 0, 50, 80)), (Blend(50, 4, 4),))
    deep = Sequence("Deep", RATE, (inner, Track((Clip(still, 0, 5, 30),))), start=90_000)
    row = (
        Clip(first, 100, 0, 50),
        Clip(second, 300, 50, 90, speed=Fraction(1, 2)),
        Clip(first, 900, 90, 130, speed=-1),
        Clip(second, 0, 130, 170, ramp=((0, 100), (20, 160), (40, 130))),
        Clip(alien, 60, 170, 200),
        Clip(first, 77, 200, 220, speed=0),
    )
    nests = (Clip(deep, 0, 0, 60), Clip(deep, 20, 60, 100, speed=2), Clip(leaf, 5, 110, 150))
    blends = (Blend(50, 5, 7), Blend(90, 0, 6), Blend(130, 6, 0), Blend(220, 9, 0, "fade"))
    over = Clip(second, 40, 10, 60, effects=(opacity((0, 0), (20, 100)),))
    return premiere_xml(Sequence("Reel", RATE, (Track(row, blends), Track(nests), Track((over,)))))


def damaged(data: bytes, dice: random.Random) -> bytes:
    """A document with one to six things wrong with it, or with its bytes cut off or thrown about."""
    if dice.random() < 0.12:
        return _bitten(bytearray(data), dice)
    root = ElementTree.fromstring(data)
    for _ in range(dice.randint(1, 6)):
        dice.choice(DAMAGES)(list(root.iter()), dice)
    return ElementTree.tostring(root, encoding="utf-8")


def _bitten(data: bytearray, dice: random.Random) -> bytes:
    if dice.random() < 0.4:
        return bytes(data[: dice.randrange(len(data))])
    for _ in range(dice.randint(1, 20)):
        at = dice.randrange(len(data))
        data[at : at + 1] = b"" if dice.random() < 0.5 else bytes([dice.randrange(256)])
    return bytes(data)


def _named(tree: Tree, *tags: str) -> Tree:
    return [each for each in tree if each.tag in tags] or tree


def _nonsense(tree: Tree, dice: random.Random) -> None:
    dice.choice(_named(tree, *NUMBERS)).text = dice.choice(JUNK)


def _miscounted(tree: Tree, dice: random.Random) -> None:
    each = dice.choice(_named(tree, *NUMBERS))
    number = int(each.text) if (each.text or "").isdigit() else 7
    each.text = str(number + dice.choice((-1, 1, -10, 10, -1000, 1000, 10**6)))


def _dropped(tree: Tree, dice: random.Random) -> None:
    parent = dice.choice([each for each in tree if len(each)] or tree)
    if len(parent):
        parent.remove(dice.choice(list(parent)))


def _doubled(tree: Tree, dice: random.Random) -> None:
    parent = dice.choice([each for each in tree if len(each)] or tree)
    for _ in range(dice.choice((1, 1, 1, 20)) if len(parent) else 0):
        parent.append(parent[dice.randrange(len(parent))])


def _swapped(tree: Tree, dice: random.Random) -> None:
    one, other = dice.choice(tree), dice.choice(tree)
    one.tag, other.tag = other.tag, one.tag


def _same_id(tree: Tree, dice: random.Random) -> None:
    named = [each for each in tree if each.get("id")]
    if named:
        dice.choice(named).set("id", dice.choice(named).get("id", ""))


def _nested(tree: Tree, dice: random.Random) -> None:
    """A clip that shows a sequence, most likely one that the clip stands in."""
    bodies = [each.get("id", "") for each in tree if each.tag == "sequence"] or ["none"]
    item = dice.choice(_named(tree, "clipitem"))
    item.insert(0, ElementTree.Element("sequence", id=dice.choice(bodies)))


def _odd(tree: Tree, dice: random.Random) -> None:
    tag = dice.choice(("stillframe", "multiclip", "subclipinfo"))
    ElementTree.SubElement(dice.choice(_named(tree, "clipitem")), tag).text = "TRUE"


Damage = Callable[[Tree, random.Random], None]
DAMAGES: tuple[Damage, ...] = (
    *([_nonsense] * 4 + [_miscounted] * 2),
    *(_dropped, _doubled, _swapped, _same_id, _nested, _odd),
)


def check_sane(cut: Cut) -> None:
    """Nothing later can stumble over: ids apart, ranges that hold something and that can be walked."""
    assert 0 < cut.rate <= 1000 and 0 <= cut.frames <= 10**9
    assert len({use.id for use in cut.uses}) == len(cut.uses)
    for use in cut.uses:
        needed = use.media_frames
        assert 0 <= use.record.first < use.record.stop and len(use.visible) <= 2_100_000
        assert use.visible.first <= use.record.first and use.record.stop <= use.visible.stop
        assert abs(needed.first) <= 2 * 10**9 and 0 < len(needed) <= 5_000_000
        assert use.media.frames is None or 0 < use.media.frames <= 10**12
    assert all(one.reason for one in cut.skipped) and all(note.code and note.message for note in cut.notes)


def check_planned(cut: Cut, folder: Path, dice: random.Random) -> None:
    """A plan of it, with headers that agree with nothing; or a clear error."""
    facts = {use.media.editor_path: _header(dice) for use in cut.uses}
    try:
        bare_cuts.plan(conformed(cut, facts), bare_cuts.film(folder, ""), known=facts, preset="exam")
    except StyleReelError as error:
        assert str(error)


def _header(dice: random.Random) -> MediaFacts:
    rate = dice.choice((RATE, Fraction(24000, 1001), Fraction(60)))
    return MediaFacts(rate, 1000, 320, 180, "x", variable=dice.random() < 0.2, seconds=1000 / rate)


def read_damaged(path: Path, dice: random.Random) -> Iterator[Cut]:
    """The cuts that are left of a document, its errors looked at."""
    try:
        names = timelines.sequences(path)[:3]
    except StyleReelError as error:
        names = []
        assert error.where, error
    for name in names:
        try:
            yield timelines.read_cut(path, name)
        except StyleReelError as error:
            assert error.where, error


def check_seeds(data: bytes, folder: Path, seeds: range) -> None:
    read = 0
    for seed in seeds:
        dice, begun = random.Random(seed), process_time()
        for cut in read_damaged(saved(folder, damaged(data, dice)), dice):
            check_sane(cut)
            check_planned(cut, folder, dice)
            read += 1
        assert process_time() - begun < SECONDS, f"seed {seed}"
    assert read > len(seeds) / 3  # most damage leaves something to read


def test_our_own_document_is_whole(tmp_path):
    cut = timelines.read_cut(saved(tmp_path, written()))
    assert len(cut.uses) == 7 + 4 + 4 + 2 and not cut.skipped and not cut.notes
    check_sane(cut)


@pytest.mark.parametrize("start", [0, 1000, 2000])
def test_our_own_document_damaged(tmp_path, start):
    check_seeds(written(), tmp_path, range(start, start + 60))


REAL = ("premiere_example", "premiere_enable_property", "premiere_generators", "blue_frame_5_to_25")


@pytest.mark.parametrize("name", REAL)
def test_real_exports_damaged(samples, tmp_path, name):
    data = (samples / "timelines" / "premiere" / f"{name}.xml").read_bytes()
    check_seeds(data, tmp_path, range(30))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("folder", ["premiere", "other_xml"])
def test_real_exports_damaged_in_many_ways(samples, tmp_path, folder):
    for path in sorted((samples / "timelines" / folder).glob("*.xml")):
        if path.stem != "sample_just_track":  # nothing of it can be read
            check_seeds(path.read_bytes(), tmp_path, range(100_000, 100_150))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_our_own_document_damaged_in_many_ways(tmp_path):
    check_seeds(written(), tmp_path, range(200_000, 201_500))
