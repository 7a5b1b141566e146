"""Renders the shots of a plan into the output folder, one after the other, and notes each in the book.

Knows the order of things. Knows nothing of timelines, or of how a frame is painted.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from pathlib import Path

import torch

from .cut import Facts, MediaFacts, Plan, Shot
from .errors import MediaError, StyleError, UsageError, VerifyError
from .events import Advanced, Began, Doubted, Event, Failed, Finished, Outcome, flicker_of
from .film import Film
from .flicker import measured
from .job import Job
from .mattes.matting import Matting, Shape, Sight
from .mattes.sides import OtherSide, Sides
from .mattes.worn import WornMatte
from .media.cube import read_cube
from .media.decoders import working_decoder
from .media.display import Display
from .media.lut import Lut
from .media.probe import read_facts
from .mezzanine import noted
from .nets.as_worn import as_worn
from .nets.chain import Linked, in_a_row
from .nets.dialled import Painter, Style, mixed
from .nets.files import load_painter
from .output import MEDIA, SEGMENTS
from .plan import output_names
from .preset import Link, Net, Wear, read_recipe
from .render import join_shot, own_pieces, render_segments
from .shotbook import Book, with_version, write_book
from .store import Segment, Store
from .styled import free_styled_path


@dataclass(frozen=True)
class Workshop:
    """Where and with what shots are rendered. `style_file` finds the file of a preset's style.

    `folders` are the shelves that bases are looked for on; `tell` hears events, `stop` is asked
    between segments; `sights` are how the sky was seen in the shot at hand. With `hardware_decoding` the
    graphics card decodes sources, where it gives the same pictures.
    """

    out: Path
    film: Film
    facts: Facts
    style_file: Callable[[str], Path]
    style_key: Callable[[str], str]
    folders: tuple[Path, ...]
    device: torch.device
    tell: Callable[[Event], None]
    stop: Callable[[], bool]
    painters: dict[tuple[str, float, Net | None], Painter] = field(default_factory=dict)
    sights: list[Sight] = field(default_factory=list)
    luts: dict[str, Lut] = field(default_factory=dict)
    hardware_decoding: bool = False

    @property
    def store(self) -> Store:
        """The finished segments."""
        return Store(self.out / SEGMENTS)

    def doubting(self, shot: Shot) -> Callable[[str], None]:
        """Tells what is odd about a shot."""
        return lambda doubt: self.tell(Doubted(shot.name, doubt))

    def doubt_decoder(self, shot: Shot) -> None:
        """Tells of a source that hardware should decode and none does."""
        if self.hardware_decoding and shot.media.kind == "movie" and not working_decoder(shot.media.path):
            doubt = "no hardware of this machine decodes it to the same pictures; the processor does"
            self.doubting(shot)(doubt)

    def job(self, shot: Shot) -> Job:
        """A shot with its painter on the device."""
        wear, facts = read_recipe(shot.recipe), self.facts[shot.media.editor_path]
        if isinstance(facts, MediaError):
            raise facts
        links = [Linked(self._painter(link), link.style_weight) for link in wear.links]
        painter = as_worn(in_a_row(links), wear)
        bends = {at: (self.style_key(style), share) for at, (style, share) in shot.bends.items()}
        source = f"{facts.fingerprint} at {shot.media.rate}" if facts.variable else facts.fingerprint
        if facts.hdr and wear.follows_tags:
            source += " through its curve"
        key = wear.style_key(self.style_key)
        matte = self._matte(shot, wear)
        lut = self._lut(wear)
        bent = partial(self._bent, wear)
        return Job(shot, source, painter, key, self.device, bends, bent, matte, lut, self.hardware_decoding)

    def matting(self, shot: Shot) -> Matting:
        """The matte that a shot wears, at work. Raises UsageError where it wears none."""
        wear, facts = read_recipe(shot.recipe), self.facts[shot.media.editor_path]
        if not wear.matte:
            hint = 'A preset gets one by matte = { kind = "sky" }, or --set matte=sky.'
            raise UsageError("the shot wears no matte", where=shot.name, hint=hint)
        known = facts if isinstance(facts, MediaFacts) else None
        shape = Shape(wear.projection == "equirect", wear.stereo)
        look = Display(wear.curve, self._lut(wear))
        return Matting(
            wear.matte, shot.media, known, read_facts, shape=shape, display=look, device=self.device
        )

    def _matte(self, shot: Shot, wear: Wear) -> WornMatte | None:
        if not wear.matte:
            return None
        key = json.loads(shot.made_of)["matte"]
        return WornMatte(key, self._sides(wear), partial(self.matting, shot), self.sights.append)

    def _lut(self, wear: Wear) -> Lut | None:
        """What `input_lut` names, at work on the device. Raises UsageError where it cannot be worn."""
        if (path := wear.input_lut) is None:
            return None
        if path not in self.luts:
            self.luts[path] = Lut.of(read_cube(Path(path)), self.device)
        return self.luts[path]

    def _sides(self, wear: Wear) -> Sides:
        """How both sides of a preset's matte are painted."""
        assert wear.matte, "only a preset with a matte has sides"
        change, full = wear.matte.other, wear.links[0].style_weight
        inside = wear.matte.apply == "inside"
        if change is None or not change.style_weight or not full:
            return Sides(inside, full)
        painter = as_worn(self._painter(wear.other), wear) if wear.other else None
        return Sides(inside, full, OtherSide(painter, change.style_weight))

    def _bent(self, wear: Wear, style: str, share: float) -> Painter:
        """What paints a frame on its way from one style to another of the same base."""
        own, other = self._painter(wear.links[0]), self._painter(Link(style=style))
        if not (isinstance(own, Style) and isinstance(other, Style)):
            raise StyleError(f'"{wear.style}" and "{style}" are not styles of one base net')
        return as_worn(mixed(own, other, share), wear)

    def _painter(self, link: Link) -> Painter:
        place = (link.style, link.trained_weight, link.net)
        if place not in self.painters:
            painter = load_painter(self.style_file(link.style), self.folders, link.trained_weight, link.net)
            self.painters[place] = painter.on(self.device)
        return self.painters[place]


def render_shots(shots: Iterable[Shot], plan: Plan, book: Book, workshop: Workshop) -> Outcome:
    """Renders shots one after the other and notes each in the book as soon as it is finished.

    A shot whose media cannot be read fails alone; anything wrong with the output ends it all.
    """
    shots = tuple(shots)
    for shot in shots:
        workshop.job(shot)  # a style that cannot be loaded is found before the first frame
    names = output_names(plan, workshop.film, book)
    workshop.tell(Began(len(shots), sum(len(shot.frames) for shot in shots)))
    failed: list[Failed] = []
    seconds: dict[str, float] = {}
    for shot in shots:
        if workshop.stop():
            return Outcome(book, tuple(failed), seconds, interrupted=True)
        started = time.monotonic()
        workshop.sights.clear()
        try:
            job = workshop.job(shot)
            workshop.doubt_decoder(shot)
            if not rendered(job, workshop):
                return Outcome(book, tuple(failed), seconds, interrupted=True)
            path = free_styled_path(shot, workshop.out / MEDIA, names[shot.name])
            pieces = own_pieces(job, workshop.store)
            slate = join_shot(job, workshop.store, path, pieces, workshop.doubting(shot))
        except (MediaError, VerifyError) as error:
            failed.append(Failed(shot.name, str(error)))
            workshop.tell(failed[-1])
            continue
        doubt = doubt_of(workshop, shot, book)
        kept = noted(shot, pieces, book.folder)
        steadiness = measured(shot, path)
        book = with_version(book, shot, path, slate.colours, steadiness, doubt, kept)
        write_book(book)
        if doubt:
            workshop.tell(Doubted(shot.name, doubt))
        seconds[shot.name] = time.monotonic() - started
        workshop.tell(Finished(shot.name, path.name, seconds[shot.name], flicker_of(steadiness)))
    return Outcome(book, tuple(failed), seconds)


def doubt_of(workshop: Workshop, shot: Shot, book: Book) -> str:
    """What was odd about the sky of a shot; where all was finished before, what was odd then."""
    seen = [sight for sight in workshop.sights if sight.frames]
    latest = book.latest(shot.name)
    if not seen:
        own = json.loads(shot.made_of).get("matte")
        return latest.doubt if latest and own and latest.made_of.get("matte") == own else ""
    return reduce(Sight.with_sight, seen).doubt()


def rendered(job: Job, workshop: Workshop, wanted: Sequence[Segment] | None = None) -> bool:
    """As `render_segments`, into the workshop's store, and telling how far it is."""
    told = partial(_advanced, job.shot.name, workshop)
    return render_segments(job, workshop.store, told, workshop.stop, wanted)


def _advanced(name: str, workshop: Workshop, frames: int) -> None:
    workshop.tell(Advanced(name, frames))
