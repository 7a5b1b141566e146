"""Shots rendered without a net, a preset or a timeline, into an output folder with its book."""

from fractions import Fraction
from pathlib import Path

import torch
from stylereel.core.cut import Cut, Plan, Shot, Use
from stylereel.core.deliver import Workshop, render_shots
from stylereel.core.film import Film
from stylereel.core.media.probe import read_facts
from stylereel.core.rates import FrameRange
from stylereel.core.shotbook import Book, read_book
from stylereel.core.timemap import TimeMap

from support.lifter import Lifter

GRID = Fraction(25)


def use(name: str, media, time: TimeMap, frames: int = 30) -> Use:
    return Use(name, "V1", name, FrameRange(0, frames), time, media)


def plan_of(shots: tuple[Shot, ...]) -> Plan:
    uses = tuple(one for shot in shots for one in shot.uses)
    return Plan(Cut(Path("cut.xml"), "s", GRID, 30, uses), shots)


def workshop(shots: tuple[Shot, ...], out: Path, painter: Lifter | None = None) -> Workshop:
    facts = {
        one.media.editor_path: read_facts(one.media.path, one.media.kind, one.media.rate) for one in shots
    }
    painters = {("lift", 1e10, None): painter or Lifter()}
    nothing = torch.device("cpu"), lambda event: None, lambda: False
    return Workshop(out, Film(), facts, lambda style: Path(style), lambda style: "k", (), *nothing, painters)


def delivered(shots: tuple[Shot, ...], out: Path) -> Book:
    outcome = render_shots(shots, plan_of(shots), read_book(out), workshop(shots, out))
    assert not outcome.failed and not outcome.interrupted
    return outcome.book
