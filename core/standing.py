"""Whether a shot was rendered before as it is now, and if not, what changed.

Knows what changes a pixel. Knows nothing of how shots come about.
"""

import json
import struct
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from .cut import Cut, MediaFacts, MediaRef, Status
from .dial import weight_name
from .errors import MediaError
from .groups import Group
from .placing import Untold
from .preset import recipe_values
from .shotbook import Book, Version
from .store import RENDERER

BY_SHOT = "by shot"  # the part of a version that only the command `shot` knows


def made_of(
    group: Group, known: MediaFacts | MediaError, keys: Mapping[str, str], cut: Cut, codec: str
) -> dict[str, str]:
    """All that changes the file, in parts that a change can be told by. Weights count as float32.

    `keys` has the content hash of each style and LUT, `codec` names the format. A baked shot plays at the
    rate of the cut. What is left to the media's header changes with the source.
    """
    look = group.takes[0].look
    bends = [(frame, keys[style], share) for frame, (style, share) in sorted(group.bends.items())]
    packed = struct.pack(f"<{len(group.weights)}f", *group.weights)
    media = group.takes[0].use.media
    frames = f"{group.frames.first}…{group.frames.stop - 1}"
    return {
        "renderer": RENDERER,
        "timecode": json.dumps([media.start, media.drop_frame, str(media.rate), media.reel]),
        "source": known.fingerprint if isinstance(known, MediaFacts) else "",
        "frames": frames if not group.picks else f"{group.picks[0]} for {len(group.picks)} at {cut.rate}",
        "style": look.wear.style_key(keys.__getitem__),
        "style weight": weight_name(look.wear.style_weight),
        "ramps": _hash(packed),
        **({"shown": ", ".join(f"{one.first}…{one.stop - 1}" for one in group.shown)} if group.shown else {}),
        "recipe": _elsewhere(look.recipe),
        **({"LUT": keys[path]} if (path := look.wear.input_lut) else {}),
        **({"picture": _size(cut)} if look.wear.stroke_scale is not None else {}),
        **({"morph": _hash(json.dumps(bends).encode())} if bends else {}),
        **({"live ramps": "yes"} if group.live else {}),
        **({"codec": codec} if codec != "prores" else {}),
    }


def _size(cut: Cut) -> str:
    return " x ".join(map(str, cut.picture or ("any",)))


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


@lru_cache
def _elsewhere(recipe: str) -> str:
    """What a recipe says that is in no other part."""
    values = recipe_values(recipe)
    elsewhere = {key: values[key] for key in values if key not in _ELSEWHERE and not key.endswith(".style")}
    return json.dumps(elsewhere, sort_keys=True)


_ELSEWHERE = (
    "style",
    "input_lut",
    "style_weight",
    "chain.0.style_weight",
    "ramp.at",
    "ramp.in",
    "ramp.out",
    "ramp.to",
    "ramp.curve",
)
_TOLD_BY_NAME = (
    *("renderer", "timecode", "source", "style", "ramps", "recipe", "morph"),
    *("matte", "LUT", "live ramps", "codec", "sound"),
)


def status(
    name: str,
    key: str,
    parts: Mapping[str, str],
    group: Group,
    known: MediaFacts | MediaError,
    book: Book,
) -> tuple[Status, str]:
    """A shot's status and the reason for it in words."""
    if isinstance(known, MediaError):
        if kept := rendered_once(name, parts, group.takes[0].use.media, book):
            return "cached", f"version {kept.number} is kept; its media is not here"
        return "offline", known.what
    if known.trouble:
        return "unsupported", known.trouble
    if cached := book.cached(name, key):
        return "cached", f"version {cached.number} is what it would be"
    if latest := book.latest(name):
        lost = lost_settings(name, book)
        return "changed", _difference(latest.made_of, parts) + (lost and f"; {lost}")
    return "new", "was never rendered"


def rendered_once(name: str, parts: Mapping[str, str], media: MediaRef, book: Book) -> Version | None:
    """The last version of a shot whose media is missing now, if all but the media is as it was.

    Where the document says where the timecode begins, the flag and the reel of its file count as they were.
    """
    latest = book.latest(name)
    if latest is None or book.cached(name, latest.key) is None:
        return None
    made = latest.made_of
    told = {part: parts[part] for part in parts if part != "source"}
    if isinstance(media, Untold) and "timecode" in made:
        told["timecode"] = _as_told(told["timecode"], made["timecode"])
    return latest if all(made.get(part) == told[part] for part in told) else None


def _as_told(now: str, before: str) -> str:
    """A timecode as its document says it, with the flag and the reel that the file gave it before."""
    start, _, rate, reel = json.loads(now)
    _, drops, _, called = json.loads(before)
    return json.dumps([start, drops, rate, reel or called])


def settings_by_shot(name: str, book: Book) -> str:
    """What the last version of a shot had from the command `shot`."""
    latest = book.latest(name)
    return latest.made_of.get(BY_SHOT, "") if latest else ""


def lost_settings(name: str, book: Book) -> str:
    """The same, as what the next version will not have."""
    settings = settings_by_shot(name, book)
    return f'{settings} of "stylereel shot" is not in the film file and goes' if settings else ""


def _difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What changed since a version was made, in words."""
    parts = [part for part in {**now, **before} if part != BY_SHOT and before.get(part) != now.get(part)]
    if {"frames", "style weight"} & {*parts}:
        parts = [part for part in parts if part != "ramps"]
    told = [
        f"{part} changed"
        if part in _TOLD_BY_NAME
        else f"{part} {before.get(part, '?')} → {now.get(part, '?')}"
        for part in parts
    ]
    return ", ".join(told) or "its file is missing or was changed"
