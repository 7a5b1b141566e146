"""The pictures that `train` learns on: the user's own, frames of their clips or cut, or drawn ones."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..core.errors import MediaError
from ..core.media.search import footage_in
from ..core.training.pictures import content_pictures
from .demo.content import drawn_content
from .desk import Wishes, open_cut
from .seen import Seen
from .steps import Say

_DRAWN = "no --content: training on drawn frames of the demo; frames of your film make a better style"


@contextmanager
def gathered(
    content: Path | None, cut: Wishes | None, look: Seen, say: Say, stop: Callable[[], bool]
) -> Iterator[tuple[Path, ...]]:
    """Folders of pictures to train on; what was made for it is gone when the block ends.

    `content` is a folder, or None for drawn frames, where no `cut` is to be opened; clips are seen through
    `look`. Frames are read until `stop`. Raises what reading a cut raises, StyleError where there are too
    few pictures, MediaError where no media gives a frame, UsageError where no film is there for `look`.
    """
    if content is None:
        look.check(None, "no --content")
        say("content", _DRAWN)
        with drawn_content() as folder:
            yield (folder,)
        return
    with tempfile.TemporaryDirectory(prefix="stylereel") as name:
        frames = Path(name)
        if cut:
            _read_cut(cut, frames, look, say, stop)
            yield (frames,)
        elif _read_films(content, frames, look, say, stop):
            yield (content, frames)
        else:
            look.check(None, str(content))
            content_pictures(content)
            yield (content,)


def _read_cut(cut: Wishes, frames: Path, look: Seen, say: Say, stop: Callable[[], bool]) -> None:
    from ..core.training.footage import FRAMES, spread, used_stretches, write_frames

    opened = open_cut(cut)
    chosen = spread(used_stretches(opened.cut, opened.facts), FRAMES)
    say("content", f"reading {len(chosen)} frames that {cut.cut.name} uses …")
    if not write_frames(chosen, frames, _passed_by(say), stop, look.display) and not stop():
        hint = "`stylereel plan -v` says of every clip why not; --map and --search find moved media."
        raise MediaError("none of its media gives a frame to train on", where=str(cut.cut), hint=hint)


def _read_films(folder: Path, frames: Path, look: Seen, say: Say, stop: Callable[[], bool]) -> int:
    """Reads frames of the films below a folder, if there are any; how many."""
    if not folder.is_dir() or not (films := footage_in((folder,))):
        return 0
    from ..core.training.footage import FRAMES, spread, whole_films, write_frames

    chosen = spread(whole_films(films), FRAMES)
    say("content", f"reading {len(chosen)} frames of the clips in {folder} …")
    return write_frames(chosen, frames, _passed_by(say), stop, look.display)


def _passed_by(say: Say) -> Callable[[MediaError], None]:
    return lambda error: say("warning", f"passed by: {error}")
