"""Small cuts built from the nouns: no file is read."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from stylereel.core.conform import conformed
from stylereel.core.cut import Cut, Facts, Marker, MediaFacts, MediaRef, Transition, Use
from stylereel.core.film import Film, ShelfPreset, read_film
from stylereel.core.mattes.content import MatteContent
from stylereel.core.placing import placed
from stylereel.core.plan import Styles, make_plan
from stylereel.core.preset import Matte, PresetBody
from stylereel.core.rates import FrameRange
from stylereel.core.scenes import dress
from stylereel.core.shotbook import Book
from stylereel.core.timemap import TimeMap

RATE = Fraction(24000, 1001)


def shelf(**presets: Mapping) -> dict[str, ShelfPreset]:
    """A shelf of presets; `exam`, `code`, `form` where none is given."""
    bodies = presets or {name: {"style": name} for name in ("exam", "code", "form")}
    return {
        name: ShelfPreset(name, Path(f"/shelf/{name}.toml"), PresetBody.model_validate(body))
        for name, body in bodies.items()
    }


def film(folder: Path, text: str) -> Film:
    path = folder / "film.toml"
    path.write_text(text, encoding="utf-8")
    return read_film(path, shelf())


def media(name: str = "a.mov", frames: int = 1000, rate: Fraction = RATE) -> MediaRef:
    return MediaRef(name, f"C:/footage/{name}", Path(f"/mnt/footage/{name}"), rate, frames=frames)


def use(
    first: int,
    stop: int,
    source: int,
    file: str = "a.mov",
    track: str = "V1",
    head: Transition | None = None,
    tail: Transition | None = None,
    markers: tuple[Marker, ...] = (),
    label: str = "",
    clip: str = "",
) -> Use:
    """A clip at record frames `first` … `stop` whose first frame at the cut is `source` of the file."""
    return Use(
        id=f"{track}/{first}",
        track=track,
        clip=clip or file,
        record=FrameRange(first, stop),
        time=TimeMap(Fraction(source)),
        media=media(file),
        head=head,
        tail=tail,
        markers=markers,
        label=label,
    )


def marker(name: str, first: int, stop: int | None = None, comment: str = "") -> Marker:
    return Marker(name, comment, FrameRange(first, first if stop is None else stop))


def dissolve(before: int, after: int) -> Transition:
    return Transition("dissolve", before, after)


def fade(before: int, after: int) -> Transition:
    return Transition("fade", before, after)


def cut(*uses: Use, markers: tuple[Marker, ...] = (), rate: Fraction = RATE) -> Cut:
    length = max((one.record.stop for one in uses), default=0)
    return Cut(Path("/edit/film.xml"), "Film", rate, length, uses, start=86400, markers=markers)


def facts(*uses: Use, frames: int = 1000) -> dict[str, MediaFacts]:
    paths = {one.media.editor_path for one in uses}
    return {path: MediaFacts(RATE, frames, 320, 180, f"print of {path}") for path in paths}


def no_matte(matte: Matte, *_: object) -> MatteContent:
    """What a matte's words alone say of it."""
    return MatteContent(str(matte))


def plan(this: Cut, wearing: Film, book: Book | None = None, known=None, preset=None, sets=()):
    """The plan of a cut, with media of 1000 frames that are all there."""
    dressed = dress(this, wearing, preset, sets)
    known = facts(*this.uses) if known is None else known
    styles = Styles(
        lambda style: f"hash of {style}",
        lambda _: "hash of the base",
        no_matte,
        lambda path: f"hash of {path}",
    )
    return make_plan(this, wearing, dressed, known, book or Book(Path("/nowhere"), {}), styles)


def true_frames(this: Cut, facts: Facts) -> Cut:
    """A cut as commands bring it to the frames of its files."""
    return conformed(placed(this, facts), facts)
