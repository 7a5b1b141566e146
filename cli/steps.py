"""How a training run looks on a terminal: a bar, a readable line now and then, or JSON lines."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .show import check_progress, err

if TYPE_CHECKING:  # it imports torch
    from ..core.training.fit import Progress as TrainingStep
    from ..core.training.optimise import Trial
    from ..core.training.sky_fit import SkyProgress

    Step = TrainingStep | Trial | SkyProgress
    Tell = Callable[[Step], None]

Say = Callable[[str, str], None]  # what kind of word it is (`warning`, `content`, `sheet`), and the word
_EVERY = 25  # steps between two lines


def saying(kind: str) -> Say:
    """Something that says a sentence as `kind` (auto, jsonl, off) wants it; only progress can be off."""
    if kind == "jsonl":
        return lambda event, text: _write_line({"event": event, "text": text})
    return _say


def _say(event: str, text: str) -> None:
    mark = "[yellow]warning:[/] " if event == "warning" else ""
    err.print(f"{mark}{escape(text)}", soft_wrap=True)


@contextmanager
def training_progress(kind: str, steps: int) -> "Iterator[Tell]":
    """Something that hears every step of `steps`, shown as `kind` (auto, jsonl, off) wants it.

    The first step heard may be any: where a run goes on.
    """
    check_progress(kind)
    if kind == "jsonl":
        yield lambda step: _write_line({"event": "step", "steps": steps, **asdict(step)})
    elif kind == "off":
        yield lambda step: None
    elif err.is_terminal:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            yield _bar(bar, steps)
    else:
        yield _lines(steps)


def _write_line(data: dict[str, object]) -> None:
    sys.stderr.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def _bar(bar: Progress, steps: int) -> "Tell":
    task = bar.add_task("loading", total=None)

    def tell(step: "Step") -> None:
        if bar.tasks[0].total is None:
            bar.reset(task, total=steps, completed=step.step - 1)
        bar.update(task, completed=step.step, description=_losses(step))

    return tell


def _lines(steps: int) -> "Tell":
    first: list[tuple[int, float]] = []  # the first step heard, and when

    def tell(step: "Step") -> None:
        if not first:
            first.append((step.step, time.monotonic()))
        done, began = first[0]
        if step.step not in (done, steps) and step.step % _EVERY:
            return
        pace = ""
        if step.step > done:
            rate = (step.step - done) / max(1e-9, time.monotonic() - began)
            pace = f"; {rate:.2f} steps/s, {(steps - step.step) / rate / 60:.1f} minutes left"
        err.print(f"step {step.step} of {steps}: {_losses(step)}{pace}", soft_wrap=True)

    return tell


def _losses(step: "Step") -> str:
    """Every loss that a step has, by its name."""
    losses = {name: value for name, value in asdict(step).items() if name != "step"}
    return ", ".join(f"{name} {value:.2f}" for name, value in losses.items())
