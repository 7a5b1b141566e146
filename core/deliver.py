"""Renders the shots of a plan into the output folder, one after the other, and notes each in the book.

Knows the order of things. Knows nothing of timelines, or of how a frame is painted.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch

from .cut import Facts, Plan, Shot
from .errors import MediaError, StyleError, VerifyError
from .events import Advanced, Began, Event, Failed, Finished, Outcome, flicker_of
from .film import Film
from .flicker import measured
from .job import Job, styled_suffix
from .nets.as_worn import as_worn
from .nets.chain import Linked, in_a_row
from .nets.dialled import Painter, Style, mixed
from .nets.files import load_painter
from .output import MEDIA, SEGMENTS, free_path
from .plan import output_names
from .preset import Link, Net, Wear, read_recipe
from .render import join_shot, render_segments
from .shotbook import Book, with_version, write_book
from .store import Store


@dataclass(frozen=True)
class Workshop:
    """Where and with what shots are rendered. `style_file` finds the file of a preset's style.

    `folders` are the shelves that bases are looked for on; `tell` hears events, `stop` is asked
    between segments.
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

    @property
    def store(self) -> Store:
        """The finished segments."""
        return Store(self.out / SEGMENTS)

    def job(self, shot: Shot) -> Job:
        """A shot with its painter on the device."""
        wear, facts = read_recipe(shot.recipe), self.facts[shot.media.editor_path]
        if isinstance(facts, MediaError):
            raise facts
        links = [Linked(self._painter(link), link.style_weight) for link in wear.links]
        painter = as_worn(in_a_row(links), wear)
        bends = {at: (self.style_key(style), share) for at, (style, share) in shot.bends.items()}
        source = f"{facts.fingerprint} at {shot.media.rate}" if facts.variable else facts.fingerprint
        if facts.hdr and wear.curve == "auto":
            source += " through its curve"
        key = wear.style_key(self.style_key)
        return Job(shot, source, painter, key, self.device, bends, partial(self._bent, wear))

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
        try:
            job = workshop.job(shot)
            if not render_segments(job, workshop.store, _frames_told(shot, workshop), workshop.stop):
                return Outcome(book, tuple(failed), seconds, interrupted=True)
            path = free_path(workshop.out / MEDIA / f"{names[shot.name]}{styled_suffix(shot)}")
            join_shot(job, workshop.store, path)
        except (MediaError, VerifyError) as error:
            failed.append(Failed(shot.name, str(error)))
            workshop.tell(failed[-1])
            continue
        book = with_version(book, shot, path, steadiness := measured(shot, path))
        write_book(book)
        seconds[shot.name] = time.monotonic() - started
        workshop.tell(Finished(shot.name, path.name, seconds[shot.name], flicker_of(steadiness)))
    return Outcome(book, tuple(failed), seconds)


def _frames_told(shot: Shot, workshop: Workshop) -> Callable[[int], None]:
    return lambda frames: workshop.tell(Advanced(shot.name, frames))
