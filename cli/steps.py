"""How a training run looks on a terminal: a bar, a readable line now and then, or JSON lines."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .show import check_progress, err

if TYPE_CHECKING:  # it imports torch
    from ..core.training.fit import Progress as Step

    Tell = Callable[[Step], None]

_EVERY = 25  # steps between two lines


@contextmanager
def training_progress(kind: str, steps: int) -> "Iterator[Tell]":
    """Something that hears every step of `steps`, shown as `kind` (auto, jsonl, off) wants it."""
    check_progress(kind)
    if kind == "jsonl":
        yield lambda step: _json_line(step, steps)
    elif kind == "off":
        yield lambda step: None
    elif err.is_terminal:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("", total=steps)
            yield lambda step: bar.update(task, completed=step.step, description=_losses(step))
    else:
        yield _lines(steps)


def _json_line(step: "Step", steps: int) -> None:
    sys.stderr.write(json.dumps({"event": "step", "steps": steps, **asdict(step)}) + "\n")
    sys.stderr.flush()


def _lines(steps: int) -> "Tell":
    started = time.monotonic()

    def tell(step: "Step") -> None:
        if step.step % _EVERY == 0 or step.step == steps:
            rate = step.step / max(1e-9, time.monotonic() - started)
            left = (steps - step.step) / rate / 60
            pace = f"{rate:.2f} steps/s, {left:.1f} minutes left"
            err.print(f"step {step.step} of {steps}: {_losses(step)}; {pace}", soft_wrap=True)

    return tell


def _losses(step: "Step") -> str:
    return f"content {step.content:.2f}, style {step.style:.2f}, flicker {step.instability:.2f}"
