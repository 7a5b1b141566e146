"""What numbers mean to Premiere: ticks and marker colours. Knows nothing of documents."""

from fractions import Fraction

TICKS_PER_SECOND = 254_016_000_000
DEFAULT_MARKER_COLOUR = "green"  # Premiere leaves the colour out where it is this one

MARKER_COLOURS: dict[int, str] = {  # 0xAABBGGRR
    0xFF378671: "green",
    0xFF362CD2: "red",
    0xFFB18BAF: "purple",
    0xFF246FE9: "orange",
    0xFF2BA1D0: "yellow",
    0xFFFFFFFF: "white",
    0xFFFC8D42: "blue",
    0xFFD6F419: "cyan",
}


def ticks(frames: int | Fraction, rate: Fraction) -> int:
    """The ticks that `frames` take at `rate` frames a second."""
    return round(frames * TICKS_PER_SECOND / rate)


def frames_of(ticks: int, rate: Fraction) -> Fraction:
    """The frames, not rounded, that so many ticks are at `rate`."""
    return Fraction(ticks) * rate / TICKS_PER_SECOND


def colour_name(packed: int) -> str:
    """`pproColor` (0xAABBGGRR) → the name of one of Premiere's eight colours, or `#rrggbb`."""
    if packed in MARKER_COLOURS:
        return MARKER_COLOURS[packed]
    blue, green, red = packed >> 16 & 0xFF, packed >> 8 & 0xFF, packed & 0xFF
    return f"#{red:02x}{green:02x}{blue:02x}"


def packed_colour(name: str) -> int:
    """The way back from `colour_name`. Raises ValueError where `name` is no colour."""
    for packed, known in MARKER_COLOURS.items():
        if known == name:
            return packed
    if len(name) != 7 or not name.startswith("#"):
        raise ValueError(f"{name!r} is neither one of Premiere's marker colours nor #rrggbb")
    red, green, blue = bytes.fromhex(name[1:])
    return 0xFF << 24 | blue << 16 | green << 8 | red
