"""What a plan has to say of its shots: media that is missing or odd, spheres, ramps, mattes, formats.

Knows facts and shots as they are planned. Decides nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache

from .cut import Facts, MediaFacts, Note, Shot
from .dial import weight_name
from .errors import MediaError
from .groups import Group
from .mattes.content import MatteContent
from .media.formats import FORMATS
from .media.hardware import working_hardware
from .media.sound import sound_doubt
from .placing import Untold
from .preset import read_recipe
from .rates import can_drop, timebase, timecode
from .shotbook import Book
from .spheres import doubts


def media_notes(shots: Iterable[Shot], facts: Facts) -> list[Note]:
    """Why shots cannot be rendered, and media whose timecode is not what the timeline says.

    A media file is told of once, where its first shot is.
    """
    shots = list(shots)
    counts = Counter(shot.media.editor_path for shot in shots)
    notes: list[Note] = []
    seen: set[str] = set()
    for shot in shots:
        record, place = shot.uses[0].record.first, shot.media.editor_path
        known = facts[place]
        if isinstance(known, MediaError):
            if place not in seen:
                notes.append(Note(known.code or "E-OFFLINE", _missing(shot, known, counts[place]), record))
            seen.add(place)
        elif shot.status == "unsupported":
            message = f"{shot.name} stays on its original: {shot.reason}"
            notes.append(Note("W-UNSUPPORTED", message, record))
        elif place not in seen:
            seen.add(place)
            notes += [Note(*said, record) for said in _media_doubts(shot, known)]
    return notes


def sphere_notes(groups: Iterable[Group], facts: Facts) -> list[Note]:
    """Media that may be a sphere and does not say so, or is one of another kind; each once."""
    told: dict[str, Note] = {}
    for group in groups:
        use, look = group.takes[0].use, group.takes[0].look
        known = facts[use.media.editor_path]
        if isinstance(known, MediaFacts):
            for text in doubts(look.recipe, known, use.media.name):
                told.setdefault(use.media.editor_path, Note("W-SPHERE", text, use.record.first))
    return [*told.values()]


def ramp_notes(groups: Iterable[Group]) -> list[Note]:
    """Ramps that would begin above the style weight and so are none; each preset at each weight once.

    At weight 0 nothing is painted, and nothing is said.
    """
    told: dict[tuple[str, float, float], Note] = {}
    for take in (take for group in groups for take in group.takes):
        preset, to, weight = take.look.preset, take.look.wear.ramp.to, take.look.wear.style_weight
        if to > weight > 0 and (len(take.curve.rise) or len(take.curve.fall)):
            above = f'preset "{preset}": ramp.to = {weight_name(to)} lies above the style weight'
            full = weight_name(weight)
            text = f"{above} {full}, so there is no ramp; choose a ramp.to below {full}"
            told.setdefault((preset, to, weight), Note("W-RAMP", text, take.use.record.first))
    return [*told.values()]


def matte_notes(
    shots: Sequence[Shot], mattes: Sequence[MatteContent | MediaError | None], book: Book
) -> list[Note]:
    """What does not fit of the shots' mattes, and what was seen of them when they were rendered."""
    notes: list[Note] = []
    for shot, matte in zip(shots, mattes, strict=True):
        record, made = shot.uses[0].record.first, book.cached(shot.name, shot.key)
        says = matte.says if isinstance(matte, MatteContent) else ()
        says = [*says, *filter(None, [_unpainted(shot)])]
        notes += [Note("W-MATTE", f"{shot.name}: {said}", record) for said in says]
        if made and made.doubt:
            notes.append(Note("W-MATTE", f"{shot.name}: {made.doubt}", record))
    return notes


def _unpainted(shot: Shot) -> str:
    """What to do where a matte's other side has a weight and nothing is painted, the shot's being 0."""
    matte = read_recipe(shot.recipe).matte
    if not matte or any(shot.weights) or not (matte.other and matte.other.style_weight):
        return ""
    side = "inside" if matte.apply == "outside" else "outside"
    return f'style_weight = 0 paints neither side of the matte; apply = "{side}" paints the {side} alone'


def archive_notes(shots: Iterable[Shot]) -> list[Note]:
    """Formats that no editing program opens; each once."""
    names = sorted({FORMATS[shot.codec].title for shot in shots if FORMATS[shot.codec].archive})
    return [Note("W-ARCHIVE", f"{name} is for archives: editing programs do not open it") for name in names]


def hardware_notes(shots: Iterable[Shot]) -> list[Note]:
    """Formats that the processor encodes although hardware was asked for; each once."""
    notes = []
    for codec in sorted({shot.codec for shot in shots if not shot.still}):
        form = FORMATS[codec]
        if not form.hardware:
            text = f"{form.title} is encoded by the processor: no hardware is used for it"
        elif working_hardware(form) is None:
            text = f"no hardware of this machine encodes {form.title}: the processor does"
        else:
            continue
        notes.append(Note("W-HARDWARE", text))
    return notes


def sound_notes(shots: Iterable[Shot], facts: Facts) -> list[Note]:
    """What stays out of shots' styled media of the sound that was asked for, or fails them; each file once.

    Opens the files whose sound goes along: their facts say only how many tracks there are.
    """
    told: dict[str, Note] = {}
    doubt = cache(sound_doubt)  # a file has many shots
    for shot in shots:
        known, media = facts[shot.media.editor_path], shot.media
        if not isinstance(known, MediaFacts) or not known.sounds:
            continue
        if not shot.sound:
            said = _silenced(shot, known)
        elif shot.status in ("offline", "unsupported"):
            continue
        else:
            said = doubt(media.path, FORMATS[shot.codec].suffix)
        if said:
            told.setdefault(media.editor_path, Note(*said, shot.uses[0].record.first))
    return [*told.values()]


def _silenced(shot: Shot, known: MediaFacts) -> tuple[str, str] | None:
    """Code and words for a shot that gets no sound, but for a freeze, in which nothing sounds."""
    form, media = FORMATS[shot.codec], shot.media
    if form.numbered:
        return "W-SOUND", f"{form.title} holds no sound; that of {media.name} stays on its original"
    if media.rate != known.rate:
        rates = f"{media.rate} instead of {known.rate} frames a second"
        return "W-SOUND", f"{media.name} is interpreted at {rates}; its styled films have no sound"
    return None


def _media_doubts(shot: Shot, known: MediaFacts) -> Iterator[tuple[str, str]]:
    """Codes and words for what is done to media that an editor might not expect."""
    if _disagree(shot, known):
        yield "W-PROBE", _timecode_differs(shot, known)
    if known.interlaced:
        message = f"{shot.media.name} is interlaced; it is deinterlaced, and what is written is progressive"
        yield "W-INTERLACED", message
    if known.alpha and shot.codec == "prores4444" and not shot.still:
        yield "W-ALPHA", f"{shot.media.name} has an alpha channel; it is kept, in ProRes 4444"
    carried = shot.still or FORMATS[shot.codec].profiled
    if known.profile and "srgb" not in known.profile.lower() and not carried:
        held = f'{shot.media.name} has the colour profile "{known.profile}", its styled media has none'
        yield "W-PROFILE", f"{held}: give it the same colour space in the edit"


def _missing(shot: Shot, known: MediaError, shots: int) -> str:
    count = "1 shot" if shots == 1 else f"{shots} shots"
    return f"{shot.uses[0].clip}: {shot.media.path}: {known.what} ({count})"


def _disagree(shot: Shot, known: MediaFacts) -> bool:
    """Whether an editor reads another timecode on the first frame than the file's own.

    A document without words for timecode, that counts frames from 0, says nothing against it.
    """
    media = shot.media
    untold = isinstance(media, Untold)
    if known.start is None or (untold and not media.start):
        return False
    begins = Fraction(known.start * timebase(media.rate), timebase(known.rate))
    flag_differs = media.drop_frame != known.drop_frame and can_drop(known.rate)
    return abs(media.start - begins) >= 1 or (flag_differs and not untold)


def _timecode_differs(shot: Shot, known: MediaFacts) -> str:
    media = shot.media
    own = timecode(known.start or 0, known.rate, known.drop_frame)
    said = timecode(media.start, media.rate, media.drop_frame)
    return (
        f"{media.name} starts at {own} by its own timecode, at {said} by the timeline's; "
        "frames are counted from its first one"
    )
