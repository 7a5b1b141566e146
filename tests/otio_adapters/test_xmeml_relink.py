"""Whatever a timeline does, its relinked document is checked and found good, and one that lies is not."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stylereel.core.errors import VerifyError
from stylereel.core.exchange import Delivery
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.cut import Clip, Sequence, Track
from stylereel.otio_adapters.premiere.writer import premiere_xml
from stylereel.otio_adapters.xmeml.check import dangling
from stylereel.otio_adapters.xmeml.tree import parse
from support import random_cuts
from support.cuts import saved, source, stand_in, stand_ins

RATE = Fraction(25)
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
thorough = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
MANNERS = st.sampled_from(["replace", "stacked", "live"])


def check_anything(folder, sequence, data):
    """Some clips on media of their own, some of one clip on the same in all its nests, some on none."""
    cut = timelines.read_cut(saved(folder, premiere_xml(sequence)))
    share, shared, styled = data.draw(st.booleans()), {}, {}
    for use in cut.uses:
        if data.draw(st.integers(0, 5)):
            media = stand_in(use, data.draw(st.integers(0, 9)))
            same = shared.setdefault(use.id.rpartition("/")[2], media)
            covers = same.first_frame <= media.first_frame and last(same) >= last(media)
            styled[use.id] = same if share and covers else media
    opacity = {key: ((0, 0.0), (5, 100.0), (9, 33.3)) for key in styled}
    delivery = Delivery(manner=data.draw(MANNERS), opacity=opacity)
    written = timelines.relink(cut, styled, delivery)
    timelines.check_relink(cut, styled, written, delivery)
    assert not dangling(parse(cut.path, written))


def last(media):
    return media.first_frame + media.frames


@quick
@given(sequence=random_cuts.sequences(), data=st.data())
def test_any_timeline_goes_to_styled_media_and_is_found_good(tmp_path, sequence, data):
    check_anything(tmp_path, sequence, data)


@pytest.mark.slow
@pytest.mark.timeout(900)
@thorough
@given(sequence=random_cuts.sequences(), data=st.data())
def test_hundreds_of_timelines_do(tmp_path, sequence, data):
    check_anything(tmp_path, sequence, data)


@pytest.mark.parametrize(
    ("clip", "tags"),
    [
        (Clip(source(2), 100, 5, 55), ("start", "end", "pproTicksIn")),
        (Clip(source(2), 100, 5, 55, speed=Fraction(5, 2)), ("start", "end", "in", "when", "value")),
        (Clip(source(2), 300, 5, 55, speed=-2), ("start", "end", "in", "when", "value")),
        (Clip(source(2), 300, 5, 55, speed=0), ("start", "end")),
        (Clip(source(2), 0, 5, 55, ramp=((0, 100), (20, 200), (50, 130))), ("start", "end", "in", "value")),
        (Clip(source(2), 100, 5, 55, speed=2, percent_only=True), ("start", "end", "in")),
    ],
    ids=["plain", "fast", "backwards", "frozen", "keyframed", "per cent"],
)
def test_no_number_that_says_what_is_shown_can_be_wrong(tmp_path, clip, tags):
    """One number of the clip and of the nest around it is one too high, one after the other."""
    inner = Sequence("Inner", RATE, (Track((clip,)),))
    sequence = Sequence("Outer", RATE, (Track((Clip(inner, 0, 10, 70),)),))
    cut = timelines.read_cut(saved(tmp_path, premiere_xml(sequence)))
    styled = stand_ins(cut, slack=4)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    for tag in tags:
        broken = list(wrong(tmp_path, written, tag))
        assert broken
        for each in broken:
            with pytest.raises(VerifyError):
                timelines.check_relink(cut, styled, each)


def wrong(folder, written, tag):
    """The document with a number of the clip raised: every key that stands between in and out."""
    leaf = next(e for e in parse(folder, written).root.walk() if e.tag == "clipitem" and e.find("file"))
    first, stop = (int(leaf.value(edge)) for edge in ("in", "out"))
    for element in leaf.walk():
        keyframe = tag in ("when", "value")
        if element.tag == "keyframe" and keyframe and first <= float(element.value("when")) < stop:
            element = element.find(tag)
        elif element.tag != tag or keyframe or element not in leaf.children:
            continue
        more = 10_160_640_000 if tag.startswith("ppro") else 1
        number = f"{float(element.text) + more:.12g}".encode()
        yield written[: element.content] + number + written[element.close :]
