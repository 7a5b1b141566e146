"""The elements of a Premiere document as lines of text. Knows no timeline, no ids, no order.

An element is a list of lines without line ends, indented by tabs from 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from ...core.cut import Marker
from ...core.rates import FrameRange, timebase, timecode
from .numbers import DEFAULT_MARKER_COLOUR, packed_colour, ticks

_LOGGING = "description scene shottake lognote good originalvideofilename originalaudiofilename".split()
_COLOUR = "lut lut1 asc_sop asc_sat lut2".split()
_DISSOLVE = {
    "name": "Cross Dissolve",
    "effectid": "Cross Dissolve",
    "effectcategory": "Dissolve",
    "effecttype": "transition",
    "mediatype": "video",
    "wipecode": 0,
    "wipeaccuracy": 100,
    "startratio": 0,
    "endratio": 1,
    "reverse": "FALSE",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A media file. Without a `pathurl` it is a title or a slug, which has no file.

    `rate` is frames per second, `frames` its length, `start` its first timecode as a frame count.
    A `still` is one picture; its length is not written.
    """

    name: str
    pathurl: str
    rate: Fraction
    frames: int
    width: int = 1920
    height: int = 1080
    start: int = 0
    drop_frame: bool = False
    reel: str = ""
    stereo: bool = False
    pixel_aspect: str = "square"
    anamorphic: bool = False
    still: bool = False


def leaf(tag: str, value: object) -> str:
    """`<tag>value</tag>`, escaped; an empty value leaves the tags open and closed."""
    return f"<{tag}>{escape(str(value))}</{tag}>"


def node(tag: str, body: list[str], attributes: str = "") -> list[str]:
    """An element around the lines `body`."""
    start = f"{tag} {attributes}" if attributes else tag
    return [f"<{start}>", *(f"\t{line}" for line in body), f"</{tag}>"]


def chain(parts: Iterable[list[str]]) -> list[str]:
    """The lines of all parts."""
    return [line for part in parts for line in part]


def truth(value: bool) -> str:
    """`TRUE` or `FALSE`."""
    return "TRUE" if value else "FALSE"


def rate_element(frame_rate: Fraction) -> list[str]:
    """`<rate>`: whole frames a second, and whether they are slowed by 1000/1001."""
    ntsc = frame_rate.denominator == 1001
    return node("rate", [leaf("timebase", timebase(frame_rate)), leaf("ntsc", truth(ntsc))])


def timecode_element(
    start: int, frame_rate: Fraction, drop_frame: bool, reel: str | None = None
) -> list[str]:
    """`<timecode>` of the frame count `start`; without a `reel` for a sequence."""
    text = timecode(start, frame_rate, drop_frame)
    body = [
        *rate_element(frame_rate),
        leaf("string", text.replace(":", ";") if drop_frame else text),
        leaf("frame", start),
        leaf("displayformat", "DF" if drop_frame else "NDF"),
    ]
    return node("timecode", body + (node("reel", [leaf("name", reel)]) if reel is not None else []))


def picture_size(
    width: int, height: int, pixel_aspect: str = "square", anamorphic: bool = False
) -> list[str]:
    """What a picture's `<samplecharacteristics>` say of its shape, in pixels."""
    shape = {
        "anamorphic": truth(anamorphic),
        "pixelaspectratio": pixel_aspect,
        "fielddominance": "none",
    }
    return [leaf("width", width), leaf("height", height), *(leaf(*pair) for pair in shape.items())]


def marker_element(marker: Marker) -> list[str]:
    """A marker; a point has -1 for its out."""
    point = not len(marker.span)
    body = [
        leaf("comment", marker.comment),
        leaf("name", marker.name),
        leaf("in", marker.span.first),
        leaf("out", -1 if point else marker.span.stop),
    ]
    if marker.colour != DEFAULT_MARKER_COLOUR:
        body.append(leaf("pproColor", packed_colour(marker.colour)))
    return node("marker", body)


def labels(label: str) -> list[str]:
    """A label colour by its name."""
    return node("labels", [leaf("label2", label)])


def clip_end(label: str) -> list[str]:
    """What closes a clip item."""
    logging = node("logginginfo", [leaf(tag, "") for tag in _LOGGING])
    return [*logging, *node("colorinfo", [leaf(tag, "") for tag in _COLOUR]), *labels(label)]


def track_end(enabled: bool) -> list[str]:
    """What closes a track."""
    return [leaf("enabled", truth(enabled)), leaf("locked", "FALSE")]


def file_element(source: Source, file_id: str) -> list[str]:
    """`<file>` in full."""
    place = leaf("pathurl", source.pathurl) if source.pathurl else leaf("mediaSource", "Slug")
    shape = picture_size(source.width, source.height, source.pixel_aspect, source.anamorphic)
    media = node("video", node("samplecharacteristics", [*rate_element(source.rate), *shape]))
    if source.stereo:
        media += node("audio", [*sound_format(), leaf("channelcount", 2)])
    body = [
        leaf("name", source.name),
        place,
        *rate_element(source.rate),
        *([] if source.still else [leaf("duration", source.frames)]),
        *timecode_element(source.start, source.rate, source.drop_frame, source.reel),
        *node("media", media),
    ]
    return node("file", body, f"id={quoteattr(file_id)}")


def sound_format() -> list[str]:
    """16 bit at 48 kHz, as Premiere writes it whatever the file has."""
    return node("samplecharacteristics", [leaf("depth", 16), leaf("samplerate", 48000)])


def transition_element(span: FrameRange, cut: int, alignment: str, frame_rate: Fraction) -> list[str]:
    """A cross dissolve over the record frames `span`; its cut point counts from its start."""
    body = [
        leaf("start", span.first),
        leaf("end", span.stop),
        leaf("alignment", alignment),
        leaf("cutPointTicks", ticks(cut - span.first, frame_rate)),
        *rate_element(frame_rate),
        *node("effect", [leaf(*pair) for pair in _DISSOLVE.items()]),
    ]
    return node("transitionitem", body)
