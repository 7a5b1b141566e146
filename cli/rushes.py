"""What candidates are tried on: the drawn screen test, or stills and short clips of the user's own.

Knows where pictures come from. Knows nothing of candidates.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..core.audition.measures import as_array
from ..core.audition.samples import Sample, clip, closes, still
from ..core.errors import MediaError, StyleError
from ..core.media.search import footage_in
from ..core.media.source import open_source
from ..core.training.footage import Stretch, used_stretches, whole_films
from ..core.training.pictures import SUFFIXES, read_picture
from .desk import Wishes, open_cut
from .seen import Seen
from .steps import Say

STILLS, CLIPS = 4, 2  # on one sheet
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Taking:
    """How samples are taken: clips of so many frames, else of a second.

    `projection` is auto, flat or equirect; films are seen through `look`.
    """

    frames: int | None
    projection: str
    say: Say
    look: Seen

    def length(self, stretch: Stretch) -> int:
        """How many frames a clip of a stretch should have."""
        return self.frames or max(2, ceil(stretch.media.rate))

    def around(self, picture: np.ndarray) -> bool:
        """Whether a picture closes at its left and right."""
        return closes(picture) if self.projection == "auto" else self.projection == "equirect"


def of_folder(folder: Path, taking: Taking) -> list[Sample]:
    """Pictures and clips below a folder, from all over it.

    Raises MediaError where there are none, UsageError where there is no film for the look that is asked for.
    """
    pictures = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    pictures = [path for path in pictures if not path.name.startswith(".")]
    stretches = whole_films(footage_in((folder,)))
    taking.look.check(stretches, str(folder))
    clips = _long_enough(stretches, taking)
    stills = list(_stills(pictures, taking)) or list(_moments(_others(stretches, clips), taking))
    return _some(_alone([*stills, *_clips(clips, taking)]), folder)


def of_cut(wishes: Wishes, taking: Taking) -> list[Sample]:
    """Moments and short clips from all over a cut. Raises what reading one raises, and MediaError."""
    opened = open_cut(wishes)
    stretches = used_stretches(opened.cut, opened.facts)
    clips = _long_enough(stretches, taking)
    return _some(_alone([*_moments(_others(stretches, clips), taking), *_clips(clips, taking)]), wishes.cut)


def _some(samples: list[Sample], where: Path) -> list[Sample]:
    if not samples:
        hint = "Give a folder of frames or clips, or a timeline whose media is here (--map, --search)."
        raise MediaError("nothing to try candidates on can be read", where=str(where), hint=hint)
    return samples


def _stills(paths: Sequence[Path], taking: Taking) -> Iterator[Sample]:
    for path in _spread(paths, STILLS):
        try:
            picture = read_picture(path)
        except StyleError as error:
            taking.say("warning", f"passed by: {error}")
            continue
        yield still(path.stem, picture, sphere=taking.around(picture))


def _moments(stretches: Sequence[Stretch], taking: Taking) -> Iterator[Sample]:
    """The middle frames of stretches from all over."""
    for stretch in _spread(stretches, STILLS):
        middle = (stretch.frames.first + stretch.frames.stop) // 2
        try:
            picture = next(_read(stretch, middle, 1, taking.look))
        except MediaError as error:
            taking.say("warning", f"passed by: {error}")
            continue
        yield still(f"{Path(stretch.media.name).stem} {middle}", picture, sphere=taking.around(picture))


def _long_enough(stretches: Sequence[Stretch], taking: Taking) -> list[Stretch]:
    """Stretches from all over that have enough frames for a clip, else the longest ones."""
    moving = [one for one in stretches if one.media.kind != "still"]
    enough = [one for one in moving if len(one.frames) >= taking.length(one)]
    return _spread(enough or sorted(moving, key=lambda one: -len(one.frames))[:CLIPS], CLIPS)


def _others(stretches: Sequence[Stretch], clips: Sequence[Stretch]) -> list[Stretch]:
    """The stretches that are not shown as clips, where there are any."""
    return [one for one in stretches if one not in clips] or list(stretches)


def _clips(stretches: Sequence[Stretch], taking: Taking) -> Iterator[Sample]:
    """The middles of stretches."""
    for stretch in stretches:
        count = min(taking.length(stretch), len(stretch.frames))
        first = stretch.frames.first + (len(stretch.frames) - count) // 2
        try:
            sphere = taking.around(next(_read(stretch, first, 1, taking.look)))
            name = f"{Path(stretch.media.name).stem} {first}-{first + count - 1}"
            frames = _read(stretch, first, count, taking.look)
            yield clip(name, frames, stretch.media.rate, sphere=sphere)
        except MediaError as error:
            taking.say("warning", f"passed by: {error}")


def _read(stretch: Stretch, first: int, count: int, look: Seen) -> Iterator[np.ndarray]:
    """Frames of a stretch's media, (H, W, 3) float32 on 0 … 255."""
    with open_source(stretch.media) as reader:
        yield from (
            as_array(look.display.seen(reader.read(number))) for number in range(first, first + count)
        )


def _spread(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count`, from all over."""
    if len(items) <= count:
        return list(items)
    return [items[(2 * at + 1) * len(items) // (2 * count)] for at in range(count)]


def _alone(samples: Iterable[Sample]) -> list[Sample]:
    """Samples of names that no other has."""
    found: dict[str, Sample] = {}
    for sample in samples:
        name, number = sample.name, 2
        while name in found:
            name, number = f"{sample.name} ({number})", number + 1
        found[name] = replace(sample, name=name)
    return list(found.values())
