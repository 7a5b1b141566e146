"""The formats that styled film is written in: what each is called, how it is encoded, what it can hold.

Knows names and limits alone: opens no file and imports no library, so that a plan may ask.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ..cut import MediaFacts


@dataclass(frozen=True, slots=True)
class Says:
    """The H.273 codes of transfers and primaries that something has a word for; any where there are none."""

    transfers: frozenset[int] = frozenset()
    primaries: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Hardware:
    """An encoder that is part of a graphics card or processor.

    `encoder` is FFmpeg's name, `pixels` how they lie that it takes; `options` make its quality constant, and
    about that of the format's own encoder.
    """

    encoder: str
    pixels: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write film.

    `encoders` are FFmpeg's, the best first, the one that wants least memory last. `pixels` are what is
    encoded, "" those of the source. What is not `spliced` cannot be joined of segments: it is encoded once,
    from a lossless copy. `says` is what a file has words for, `own` what its pictures have by themselves.
    `even` names the sides that must be, `smallest` is the least width and height, `largest` the most; beside
    a side below the first number of `thin` the other has the second at most. Of `blocks` a picture has whole
    ones across, and an even number. `widened` is encoded with a column more where its width is odd.
    Containers without a place for a `reel` leave it to the timeline, and some know no other `rates` than
    their own. `hardware` may encode it where that is asked for. A `numbered` one is a folder of pictures, a
    file for each frame, `profiled` where those hold a colour profile (ICC); `linear` pictures hold light and
    not a display's signal.
    """

    title: str
    suffix: str
    encoders: tuple[str, ...]
    pixels: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""
    spliced: bool = True
    alpha: bool = False
    full_range: bool = False
    matrices: tuple[int, ...] = ()  # H.273 codes of those that it can say; any where there is none
    hdr: bool = True
    says: Says = Says()
    own: Says = Says()
    says_range: bool = True
    reel: bool = True
    even: tuple[str, ...] = ()
    smallest: tuple[int, int] = (1, 1)
    largest: tuple[int, int] | None = None
    thin: tuple[int, int] = (0, 0)
    blocks: tuple[int, int] | None = None
    archive: bool = False
    widened: bool = False
    numbered: bool = False
    profiled: bool = False
    linear: bool = False
    says_aspect: bool = True
    bytes_per_pixel: float = 0.44  # of a frame, about: 422 HQ as Apple rates it, 176 Mb/s at 1080p23.976
    rates: frozenset[Fraction] = frozenset()
    hardware: tuple[Hardware, ...] = ()

    def encoded_by(self, way: Hardware) -> "Format":
        """The format with hardware in the place of its own encoders."""
        return replace(self, encoders=(way.encoder,), pixels=way.pixels, options=dict(way.options))

    @property
    def boxed(self) -> bool:
        """Whether its files are MOV or MP4, which can say that a picture is a sphere."""
        return self.suffix in (".mov", ".mp4")


_PRORES = ("prores_aw", "prores_ks")  # the first is four times as fast
_PRORES_OWN = Says(frozenset({1, 16, 18}), frozenset({1, 5, 6, 9, 11, 12}))  # FFmpeg writes 0 for others
_VUI = Says(primaries=frozenset({1, *range(4, 13)}))  # of 22 (EBU) encoders and decoders know nothing
_MXF = Says(  # what FFmpeg has a label for, and one for that alone
    frozenset({1, 7, 8, 11, 12, 16, 17, 18}), frozenset({1, 5, 6, 9, 10, 11, 12})
)
_BOTH = ("width", "height")
_CALM = {"bf": "0"}  # no frame waits for a later one, so that times are as plain as the pictures
_QUALITY = {  # of hardware by its maker; constant, and about that of a CRF of 14
    "nvenc": {"rc": "vbr", "cq": "14", "preset": "p5", "tune": "hq"},
    "videotoolbox": {"flags": "+qscale", "global_quality": "9440"},  # 80 of 100, in steps of 118
    "qsv": {"global_quality": "14", "preset": "slow"},
    "amf": {"rc": "cqp", "qp_i": "14", "qp_p": "16", "quality": "quality"},
}


def _hardware(codec: str, pixels: str, profile: str) -> tuple[Hardware, ...]:
    return tuple(
        Hardware(f"{codec}_{maker}", pixels, tuple({**told, **_CALM, "profile": profile}.items()))
        for maker, told in _QUALITY.items()
    )


_MXF_RATES = frozenset(
    [*map(Fraction, (24, 25, 30, 48, 50, 60, 100, 120))]
    + [Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60)]
)
_DNXHR = Format(
    "DNxHR HQX",
    ".mov",
    ("dnxhd",),
    "yuv422p10le",
    {"profile": "dnxhr_hqx"},
    matrices=(1,),
    hdr=False,
    even=_BOTH,
    smallest=(256, 120),
    largest=(65534, 8192),  # what FFmpeg decodes
)
_FFV1 = {"level": "3", "slicecrc": "1", "g": "1"}  # a number of slices does not go with every size
FORMATS: dict[str, Format] = {
    "prores": Format(
        "ProRes 422 HQ",
        ".mov",
        _PRORES,
        "yuv422p10le",
        {"profile": "3", "vendor": "apl0"},
        own=_PRORES_OWN,
        widened=True,
    ),
    "prores4444": Format(
        "ProRes 4444",
        ".mov",
        _PRORES,
        "yuv444p10le",
        {"profile": "4", "vendor": "apl0"},
        alpha=True,
        own=_PRORES_OWN,
        widened=True,
    ),
    "dnxhr": _DNXHR,
    "dnxhr444": replace(_DNXHR, title="DNxHR 444", pixels="yuv444p10le", options={"profile": "dnxhr_444"}),
    # 444 stays in MOV: FFmpeg's MXF says of it that it is RGB of full range
    "dnxhr-mxf": replace(_DNXHR, title="DNxHR HQX in MXF", suffix=".mxf", says=_MXF, rates=_MXF_RATES),
    "cineform": Format(
        "CineForm",
        ".mov",
        ("cfhd",),
        "yuv422p10le",
        says_range=False,
        even=("height",),
        smallest=(48, 32),
        blocks=(16, 8),  # with an odd number of them FFmpeg writes what it cannot decode
    ),
    "h264": Format(
        "H.264",
        ".mp4",
        ("libx264",),
        "yuv420p",
        {"crf": "14", "preset": "medium", "x264-params": "mbtree=0"},  # whose results vary from run to run
        spliced=False,
        full_range=True,
        hdr=False,
        says=_VUI,
        reel=False,
        even=_BOTH,
        largest=(16384, 16384),
        hardware=_hardware("h264", "nv12", "high"),
    ),
    "hevc": Format(
        "HEVC",
        ".mp4",
        ("libx265",),
        "yuv420p10le",
        {"crf": "14", "preset": "medium", "x265-params": "log-level=none"},
        tag="hvc1",
        spliced=False,
        full_range=True,
        says=_VUI,
        reel=False,
        even=_BOTH,
        thin=(32, 4216),  # larger pictures want blocks of 32 pixels or more
        hardware=_hardware("hevc", "p010le", "main10"),
    ),
    "ffv1": Format("FFV1", ".mkv", ("ffv1",), "", _FFV1, alpha=True, full_range=True, archive=True),
    "png": Format(
        "numbered PNG",
        ".png",
        ("png",),
        "rgb48be",
        {"compression_level": "1", "pred": "paeth"},
        alpha=True,
        reel=False,
        numbered=True,
        profiled=True,
        says_aspect=False,  # FFmpeg writes it the wrong way round
        bytes_per_pixel=5,
    ),
    "tiff": Format(
        "numbered TIFF",
        ".tif",
        ("tiff",),
        "rgb48le",
        {"compression_algo": "raw"},  # what every program reads
        alpha=True,
        hdr=False,
        reel=False,
        numbered=True,
        profiled=True,
        bytes_per_pixel=6,
    ),
    "exr": Format(
        "numbered OpenEXR",
        ".exr",
        ("exr",),
        "gbrpf32le",
        {"format": "float", "compression": "zip1"},
        alpha=True,
        hdr=False,
        reel=False,
        numbered=True,
        linear=True,
        bytes_per_pixel=9,
    ),
}
PRORES = FORMATS["prores"]
NUMBERED = frozenset(form.suffix for form in FORMATS.values() if form.numbered)  # of their pictures


def written_as(codec: str, known: MediaFacts) -> str:
    """The name of the format that a source is written in: for alpha, ProRes 4444 takes the place of 422."""
    return "prores4444" if codec == "prores" and known.alpha else codec


def held_by(
    codec: str, known: MediaFacts, through: str = "auto", frames: int = 2, rate: Fraction | None = None
) -> MediaFacts:
    """The facts of a source, where it is trouble too that a format cannot hold so many frames of it.

    `through` is what a preset has it shown through: a curve's name, or a LUT; `rate` is what it is written
    at, its own where there is none.
    """
    troubles = (known.trouble, *refusals(codec, known, through, frames, rate))
    return replace(known, trouble=" ".join(filter(None, troubles)))


def lossless(form: Format) -> Format:
    """What the segments of a format are kept in: itself, or a lossless copy of what will be encoded.

    Numbered pictures stand in a film, each as the file that it will be; what goes into an MXF in a MOV.
    """
    if form.numbered or form.suffix == ".mxf":
        return replace(form, suffix=".mov", says=Says())
    if form.spliced:
        return form
    return Format("FFV1", ".mkv", ("ffv1",), form.pixels, _FFV1, full_range=form.full_range)


_VEILED = (("yuv", "yuva"), ("gbrp", "gbrap"), ("rgb48", "rgba64"))


def with_alpha(pixels: str) -> str:
    """The pixel format that has an alpha channel beside what `pixels` has."""
    plain, veiled = next(pair for pair in _VEILED if pixels.startswith(pair[0]))
    return veiled + pixels.removeprefix(plain)


def refusals(
    codec: str, known: MediaFacts, through: str = "auto", frames: int = 2, rate: Fraction | None = None
) -> Iterator[str]:
    """Why a format cannot hold so many frames of a source, as sentences; the rest as `held_by` has it."""
    form = FORMATS[written_as(codec, known)]
    if form.numbered and frames < 2:
        yield f"{form.title} of a single frame is a still to editing programs; add handles or write prores."
    if form.linear and through not in ("auto", "display"):
        yield f"{form.title} holds a display's light, and not what {through} stands for; write prores or png."
    if known.alpha and not form.alpha:
        yield f"{form.title} cannot hold its alpha channel; write prores4444 or ffv1."
    if known.hdr and not form.hdr:
        yield f"{form.title} cannot say that it is HDR (PQ or HLG); write prores, hevc or png."
    yield from _size_refusals(form, known.width, known.height)
    if form.rates and (rate := rate or known.rate) not in form.rates:
        yield f"{form.title} knows no {float(rate):g} frames a second; write {codec.removesuffix('-mxf')}."


def _size_refusals(form: Format, width: int, height: int) -> Iterator[str]:
    sides = {"width": width, "height": height}
    if odd := [f"{side} of {sides[side]}" for side in form.even if sides[side] % 2]:
        yield f"{form.title} cannot hold its odd {' and '.join(odd)}; write prores."
    if width < form.smallest[0] or height < form.smallest[1]:
        least = " x ".join(map(str, form.smallest))
        yield f"{form.title} holds no picture below {least}; write prores."
    elif form.blocks:
        yield from _block_refusals(form.title, width, height, *form.blocks)
    if form.largest and (width > form.largest[0] or height > form.largest[1]):
        most = " x ".join(map(str, form.largest))
        yield f"{form.title} holds no picture above {most}; write prores."
    if min(width, height) < form.thin[0] and max(width, height) > form.thin[1]:
        yield f"{form.title} cannot hold its {width} x {height}, which is too thin; write prores."


def _block_refusals(title: str, width: int, height: int, across: int, down: int) -> Iterator[str]:
    if width % across:
        yield f"{title} cannot hold its width of {width}, which is no multiple of {across}; write prores."
    elif width // across * -(-height // down) % 2:
        wants = f"so high a picture wants a width that is a multiple of {2 * across}"
        yield f"{title} cannot hold its {width} x {height}: {wants}; write prores."
