"""Whatever a timeline does, its shots hold every frame it shows, and only frames that there are.

From random timelines to relinked ones, without media: what an independent reader sees before and after
is compared frame by frame.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stylereel.core.conform import conformed
from stylereel.core.cut import Cut, MediaFacts, Plan, Shot, StyledMedia
from stylereel.core.film import read_film
from stylereel.core.plan import Styles, make_plan
from stylereel.core.scenes import dress
from stylereel.core.shotbook import Book
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.pathurls import to_path
from stylereel.otio_adapters.premiere.writer import Sequence, premiere_xml
from support import editor, random_cuts
from support.bare_cuts import no_matte, shelf
from support.cuts import saved
from support.seen import Position, Seen

quick = settings(max_examples=50, suppress_health_check=list(HealthCheck))
thorough = settings(max_examples=500, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Conformed:
    """A random cut, as it was read and as it is planned, and what an editor shows of it."""

    raw: Cut
    plan: Plan
    facts: dict[str, MediaFacts]
    seen: list[Seen]
    turns: bool

    def wanted(self, position: Position, shot: Shot) -> int:
        """The media frame shown at a position; at its ends the media stands still."""
        frames = self.facts[shot.media.editor_path].frames
        return min(max(position.frame(shot.media.rate), 0), frames - 1)


def conform(folder: Path, sequence: Sequence, missing: int = 0) -> Conformed:
    """Reads and plans a cut over media of which so many frames are missing."""
    document = premiere_xml(sequence)
    raw = timelines.read_cut(saved(folder, document))
    assert {one.reason for one in raw.skipped} <= {"a nested sequence that shows no clip here"}
    facts = {
        to_path(each.pathurl): random_cuts.facts_of(each, missing)
        for each in random_cuts.sources_of(sequence)
    }
    cut, film = conformed(raw, facts), read_film(None, shelf())
    book = Book(Path("/nowhere"), {})
    plan = make_plan(cut, film, dress(cut, film, "exam", ()), facts, book, Styles(str, str, no_matte, str))
    seen = list(editor.shown(document, sequence.name))
    return Conformed(raw, plan, facts, seen, random_cuts.has_keyframed_nest(sequence))


def stand_ins(plan: Plan) -> dict[str, StyledMedia]:
    """Styled media as the shots of a plan would become."""
    found = {}
    for shot in plan.shots:
        path = f"C:/styled/{shot.name}.mov"
        media = StyledMedia(Path(path), path, shot.frames.first, len(shot.frames), shot.rate, 0, 320, 180)
        found |= {use.id: media for use in shot.uses}
    return found


def check_shots(made: Conformed) -> None:
    """Shots lie within their media and hold what their clips show, which is what an editor shows."""
    shots: dict[str, list[Shot]] = {}
    for shot in made.plan.shots:
        assert 0 <= shot.frames.first < shot.frames.stop <= made.facts[shot.media.editor_path].frames
        shots.setdefault(shot.media.editor_path, []).append(shot)
    needed: Counter[tuple[str, int, str, int]] = Counter()
    for shot in made.plan.shots:
        for use in shot.uses:
            for offset in range(use.offsets.first, use.offsets.stop):
                frame = min(max(use.time.frame(offset), 0), made.facts[use.media.editor_path].frames - 1)
                assert frame in shot.frames, (use, offset, shot.frames)
                needed[use.track, use.record.first + offset, use.media.editor_path, frame] += 1
    seen = ((one, made.wanted(one.position, shots[one.path][0])) for one in made.seen)
    shown = Counter((one.track, one.record, one.path, frame) for one, frame in seen)
    assert not shown - needed
    assert made.turns or not needed - shown  # a clip in a nest that turns is one use, gone and back again


def check_relinked(made: Conformed, folder: Path) -> None:
    """Record positions are what they were, and each record frame shows the frame that it showed."""
    styled = stand_ins(made.plan)
    written = timelines.relink(made.raw, styled)
    again = timelines.read_cut(saved(folder, written, "again.xml"))
    assert [_place(use) for use in again.uses] == [_place(use) for use in made.raw.uses]
    files = {styled[shot.uses[0].id].editor_path: (shot, styled[shot.uses[0].id]) for shot in made.plan.shots}
    after = editor.shown(written, f"{made.raw.sequence} (styled)")
    for old, new in zip(made.seen, after, strict=True):
        assert (old.track, old.record) == (new.track, new.record)
        shot, media = files[new.path]
        assert shot.media.editor_path == old.path
        found = min(max(new.position.frame(media.rate), 0), media.frames - 1) + media.first_frame
        assert found == made.wanted(old.position, shot), (old, new, shot.frames)


def _place(use):
    return use.track, use.record, use.head, use.tail, use.label, use.nests


@quick
@given(sequence=random_cuts.sequences())
def test_every_frame_that_is_seen_is_in_a_shot_of_its_media(tmp_path, sequence):
    check_shots(conform(tmp_path, sequence))


@quick
@given(sequence=random_cuts.sequences(), missing=st.integers(1, random_cuts.FRAMES))
def test_media_that_is_shorter_than_the_timeline_says_is_never_asked_for_more(tmp_path, sequence, missing):
    made = conform(tmp_path, sequence, missing)
    held = [use for shot in made.plan.shots for use in shot.uses]
    for shot in made.plan.shots:
        assert 0 <= shot.frames.first < shot.frames.stop <= made.facts[shot.media.editor_path].frames
    lost = Counter(use.record for use in made.raw.uses) - Counter(use.record for use in held)
    assert not lost - Counter(one.record for one in made.plan.skipped)
    told = {note.code for note in made.plan.notes}
    wanting = [use for use in held if use.media_frames.stop > made.facts[use.media.editor_path].frames]
    assert told & {"W-PROBE", "W-HANDLE"} or not wanting


@quick
@given(sequence=random_cuts.sequences())
def test_every_record_frame_of_a_relinked_cut_shows_what_it_showed(tmp_path, sequence):
    check_relinked(conform(tmp_path, sequence), tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(900)
@thorough
@given(sequence=random_cuts.sequences())
def test_both_hold_hundreds_of_times(tmp_path, sequence):
    made = conform(tmp_path, sequence)
    check_shots(made)
    check_relinked(made, tmp_path)
