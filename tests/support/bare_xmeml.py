"""Small xmeml documents written by hand: what `premiere.writer` never writes, and other tools do."""

from fractions import Fraction

TICKS = 254_016_000_000


def document(*items: str, rate: str = "", more: str = "", name: str = "Reel", length: int = 500) -> bytes:
    """A document with one sequence of one track; `more` stands after it."""
    return (
        f'<xmeml version="4">{sequence(*items, rate=rate, name=name, length=length)}{more}</xmeml>'
    ).encode()


def sequence(
    *items: str, rate: str = "", name: str = "Reel", length: int = 500, body: str = "", frame: int = 0
) -> str:
    """A sequence of one track, or with the tracks in `body`. Its id is its name."""
    return (
        f'<sequence id="{name}"><name>{name}</name><duration>{length}</duration>{rate or rated(25)}'
        f"<timecode><frame>{frame}</frame></timecode>"
        f"<media><video>{body or track(*items)}</video></media></sequence>"
    )


def track(*items: str, enabled: bool = True) -> str:
    """A video track."""
    return f"<track>{''.join(items)}<enabled>{str(enabled).upper()}</enabled></track>"


def rated(timebase: object, ntsc: bool = False) -> str:
    """`<rate>`; the timebase may be nonsense."""
    return f"<rate><timebase>{timebase}</timebase><ntsc>{str(ntsc).upper()}</ntsc></rate>"


def file(
    name: str = "a.mov", rate: str = "", length: object = 2000, file_id: str = "file-1", more: str = ""
) -> str:
    """A file in full."""
    return (
        f'<file id="{file_id}"><name>{name}</name><pathurl>file://localhost/C%3a/x/{name}</pathurl>'
        f"{rate or rated(25)}<duration>{length}</duration>{more}</file>"
    )


def item(
    start: int,
    end: int,
    first: object,
    stop: object,
    more: str = "",
    ticks: tuple[float | Fraction, float | Fraction] | None = None,
    rate: str = "",
    media: str = "",
    item_id: str = "clip-1",
) -> str:
    """A clip item on `media`, a file or a sequence; `ticks` are given in frames of 25 a second."""
    spans = zip(("pproTicksIn", "pproTicksOut"), ticks or (), strict=False)
    clocks = "".join(f"<{tag}>{round(frame * TICKS / 25)}</{tag}>" for tag, frame in spans)
    return (
        f'<clipitem id="{item_id}"><name>{item_id}</name>{rate or rated(25)}<start>{start}</start>'
        f"<end>{end}</end><in>{first}</in><out>{stop}</out>{clocks}{media or file()}{more}</clipitem>"
    )


def transition(start: int, end: int, cut: int) -> str:
    """A transition; `cut` counts from its start."""
    return (
        f"<transitionitem><start>{start}</start><end>{end}</end><alignment>center</alignment>"
        f"<cutPointTicks>{cut * TICKS // 25}</cutPointTicks></transitionitem>"
    )


def remap(
    percent: object = 100,
    reverse: bool = False,
    keys: tuple[tuple[object, object], ...] = (),
    top: object = 2000,
) -> str:
    """A speed filter with a graph of (when, value)."""
    graph = "".join(f"<keyframe><when>{when}</when><value>{value}</value></keyframe>" for when, value in keys)
    limits = f"<valuemin>0</valuemin><valuemax>{top}</valuemax>"
    values = {"speed": f"<value>{percent}</value>", "reverse": f"<value>{str(reverse).upper()}</value>"}
    values |= {"graphdict": limits + graph} if keys else {}
    parameters = "".join(
        f"<parameter><parameterid>{name}</parameterid>{body}</parameter>" for name, body in values.items()
    )
    return f"<filter><effect><effectid>timeremap</effectid>{parameters}</effect></filter>"
