"""What every command that opens a cut asks for: its options, written once, gathered into `Wishes`."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from . import options as o
from .desk import Wishes


def _wishes(
    cut: o.CutFile,
    film: o.FilmFileOption = None,
    preset: o.PresetOption = None,
    sets: o.SetOption = None,
    sequence: o.SequenceOption = None,
    maps: o.MapOption = None,
    search: o.SearchOption = None,
    rate: o.RateOption = None,
    dialect: o.DialectOption = "auto",
    out_dir: o.OutOption = None,
    handles: o.HandlesOption = None,
    media: o.MediaOption = None,
    codec: o.CodecOption = None,
    delivery: o.DeliveryOption = None,
    bake_retime: o.BakeOption = None,
    mux_audio: o.SoundOption = None,
    hardware: o.HardwareOption = None,
) -> Wishes:
    output = {
        "handles": handles,
        "media": media,
        "codec": codec,
        "delivery": delivery,
        "bake_retime": bake_retime,
        "mux_audio": mux_audio,
        "hardware": hardware,
    }
    return Wishes(
        cut=cut,
        film=film,
        preset=preset,
        sets=tuple(sets or ()),
        sequence=sequence,
        out=out_dir,
        maps=tuple(maps or ()),
        search=tuple(search or ()),
        rate=rate,
        dialect=dialect,
        output={key: value for key, value in output.items() if value is not None},
    )


def about_a_cut(cut: Any = o.CutFile) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a command of the form `command(wishes, own options…)` the options of all such commands.

    `cut` is how the command speaks of its cut.
    """

    def asking(command: Callable[..., Any]) -> Callable[..., Any]:
        shared = inspect.signature(_wishes).parameters

        @wraps(command)
        def asked(**given: Any) -> Any:
            wishes = _wishes(**{name: given.pop(name) for name in shared})
            return command(wishes, **given)

        _, *own = inspect.signature(command).parameters.values()
        first, *others = shared.values()
        parameters = _keywords(first.replace(annotation=cut), *others, *own)
        asked.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        asked.__annotations__ = {each.name: each.annotation for each in parameters}
        return asked

    return asking


def _keywords(*parameters: inspect.Parameter) -> list[inspect.Parameter]:
    """Keyword parameters for typer, those that must be given first, in their order."""
    by_need = sorted(parameters, key=lambda each: each.default is not each.empty)
    return [each.replace(kind=each.KEYWORD_ONLY) for each in by_need]
