"""Tries candidates one after the other, in an audition. Knows nothing of sheets or of rankings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from ..core.audition.candidates import Rehearsal, style_candidate
from ..core.audition.judging import Candidate, Take, take
from ..core.audition.samples import Sample
from ..core.dial import weight_name
from ..core.errors import StyleError
from ..core.nets.files import load_style
from ..core.training.losses import Vgg, load_vgg
from .casting import Named
from .desk import shelf_folders, shipped_styles, style_file
from .interrupt import interruptible
from .steps import Say, training_progress


@dataclass(frozen=True)
class Stage:
    """Where candidates are tried; `samples` and `vgg` lie on `device`.

    Pictures start from the style `base`, else from the nearest of the shelf.
    """

    samples: Sequence[Sample]
    weights: tuple[float, ...]
    device: torch.device
    vgg: Vgg | None
    base: str | None
    steps: int
    progress: str
    say: Say


@dataclass
class Outcome:
    """What came of it: takes by candidate, and why some are none; `stopped` before all were through."""

    played: dict[str, tuple[Candidate, tuple[Take, ...]]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    stopped: bool = False


def stage_vgg(file: Path | None, device: torch.device, say: Say) -> Vgg | None:
    """VGG-19, or None and a word about it where none was named and none can be fetched."""
    try:
        return load_vgg(file).to(device)
    except StyleError as error:
        if file:
            raise
        say("warning", f"style distances are missing and pictures cannot be tried: {error.what}")
        return None


def play(candidates: Sequence[Named], stage: Stage) -> Outcome:
    """Tries one after the other. Ctrl-C ends it; the candidate at hand is left out then.

    Raises StyleError where the base of rehearsals cannot be loaded.
    """
    outcome = Outcome()
    rehearsal = _rehearsal(stage) if any(one.is_picture for one in candidates) else None
    with interruptible("take") as stop:
        for one in candidates:
            try:
                candidate = _candidate(one, stage, rehearsal, stop)
                takes = _takes(candidate, stage, stop) if candidate else None
            except StyleError as error:
                stage.say("warning", f"{one.name} is no candidate: {error.what}")
                outcome.refused[one.name] = error.what
                continue
            if candidate is None or takes is None:
                outcome.stopped = True
                return outcome
            outcome.played[one.name] = candidate, takes
    return outcome


def _takes(candidate: Candidate, stage: Stage, stop: Callable[[], bool]) -> tuple[Take, ...] | None:
    takes = []
    for weight in candidate.weights:
        if stop():
            return None
        if stage.progress != "off":
            stage.say("take", f"{candidate.name} at {weight_name(weight)}")
        takes.append(take(candidate, weight, stage.samples, stage.vgg))
    return tuple(takes)


def _rehearsal(stage: Stage) -> Rehearsal | None:
    if stage.vgg is None:
        return None
    starts = [style_file(stage.base)] if stage.base else shipped_styles()
    loaded = [load_style(path, shelf_folders()).on(stage.device) for path in starts]
    return Rehearsal(loaded, stage.steps, stage.samples, stage.vgg, stage.device)


def _candidate(
    one: Named, stage: Stage, rehearsal: Rehearsal | None, stop: Callable[[], bool]
) -> Candidate | None:
    if not one.is_picture:
        return style_candidate(one.name, one.path, stage.weights, shelf_folders(), stage.device, stage.vgg)
    if rehearsal is None:
        raise StyleError("a picture cannot be tried without VGG-19", hint="Give its weights: --vgg FILE.")
    if stage.progress != "off":
        stage.say("rehearsal", f"{one.name} is rehearsed for {stage.steps} steps")
    with training_progress(stage.progress, stage.steps) as tell:
        return rehearsal.candidate(one.name, one.path, stage.weights, tell, stop)
