"""From the numbers of a candidate to a judgement in an editor's words. Never imports torch or a picture.

Every limit stands here. A candidate is worn at one style weight: it is judged at the best of those tried.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..dial import to_dial, weight_name

KEPT = 0.62  # content kept below which a face is no longer this person's, and text no longer read
FLICKER = 2.5  # times the source's own
SEAM = 2.0
FAR = 0.6  # a style distance above which a picture's manner is not recognised
_GAIN = ((1e10, 1.5), (5e10, 2.5))  # noise gain allowed at these weights, even along the dial between them
_UNJUDGED = 0.5  # style of a candidate whose style picture is unknown
_FAULT, _FLASHING = 0.75, 0.3  # what is left of a score after a fault
_NAMED = 3  # of the samples that are lost
_SUBJECTS = {"face": "faces", "dark": "the dark", "light": "bright surfaces", "sky": "the sky"}
_SUBJECTS |= {"motion": "what moves", "360": "the 360° picture"}


@dataclass(frozen=True, slots=True)
class Marks:
    """A candidate's numbers at one style weight; see `measures` and `flicker` for what each one says.

    `kept` is content kept by the name of the sample. None: there was nothing to measure it on, or with.
    `flashes` are those of the worst second of any clip; `flashing` says for what ("a headset") that breaks
    the limits of photosensitivity where the source does not.
    """

    style_weight: float
    kept: Mapping[str, float]
    noise_gain: float
    style_distance: float | None = None
    content_distance: float | None = None
    flicker: float | None = None
    seam: float | None = None
    flashes: float | None = None
    flashing: str = ""

    @property
    def content_kept(self) -> float:
        """The mean over all samples."""
        return sum(self.kept.values()) / len(self.kept)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A candidate's place: `score` 0 … 1 at its `best` style weight, and the reasons, the gravest first."""

    name: str
    score: float
    best: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A limit that is broken at one style weight, and what that costs a score."""

    kind: str
    style_weight: float
    words: str  # "flickers: 2.1 times the source"
    cost: float = _FAULT


def ranked(candidates: Mapping[str, Sequence[Marks]], doubts: Mapping[str, Sequence[str]]) -> list[Verdict]:
    """Verdicts on candidates by name, the best first; `doubts` are what is already said against some."""
    verdicts = [judged(name, marks, doubts.get(name, ())) for name, marks in candidates.items()]
    return sorted(verdicts, key=lambda verdict: -verdict.score)


def judged(name: str, marks: Sequence[Marks], doubts: Iterable[str] = ()) -> Verdict:
    """The verdict on one candidate from its marks at one or several style weights."""
    best = max(marks, key=score)
    faults = sorted((fault for each in marks for fault in faults_of(each)), key=lambda fault: fault.cost)
    kinds = [list(group) for _, group in groupby(sorted(faults, key=_by_kind), key=lambda f: f.kind)]
    kinds.sort(key=lambda group: (group[0].cost, group[0].style_weight))
    reasons = (_praise(best), *(_from_where(group, marks) for group in kinds), *doubts)
    return Verdict(name, score(best), best.style_weight, reasons)


def score(marks: Marks) -> float:
    """How good a candidate is at one weight, 0 … 1: its style times what it keeps, less for every fault."""
    style = _UNJUDGED if marks.style_distance is None else max(0.0, 1 - marks.style_distance)
    found = style * marks.content_kept
    for fault in faults_of(marks):
        found *= fault.cost
    return found


def faults_of(marks: Marks) -> list[Fault]:
    """Everything at one weight that breaks a limit."""
    return [fault for find in _FINDERS for fault in find(marks)]


def allowed_gain(style_weight: float) -> float:
    """The noise gain that a style weight may have: 1.5 up to 1e10, 2.5 from 5e10 on."""
    (low, least), (high, most) = _GAIN
    share = (to_dial(style_weight) - to_dial(low)) / (to_dial(high) - to_dial(low))
    return least + (most - least) * min(1.0, max(0.0, share))


def _flashing(marks: Marks) -> Iterable[Fault]:
    if marks.flashing:
        words = f"too flashy for {marks.flashing}: {marks.flashes or 0:.0f} flashes a second"
        yield Fault("flashes", marks.style_weight, words, _FLASHING)


def _lost(marks: Marks) -> Iterable[Fault]:
    lost = sorted((kept, name) for name, kept in marks.kept.items() if kept < KEPT)
    if not lost:
        return
    named = [_SUBJECTS.get(name, name) for _, name in lost[:_NAMED]]
    if len(lost) > _NAMED:
        named.append(f"{len(lost) - _NAMED} more of {len(marks.kept)}")
    words = f"loses {' and '.join((', '.join(named[:-1]), named[-1]) if named[1:] else named)}"
    yield Fault(
        "loses",
        marks.style_weight,
        f"{words}: {lost[0][0]:.0%} of the drawing kept",
        _FAULT ** min(3, len(lost)),
    )


def _boiling(marks: Marks) -> Iterable[Fault]:
    if marks.noise_gain > allowed_gain(marks.style_weight):
        words = f"boils on grain: makes it {marks.noise_gain:.1f} times as strong"
        yield Fault("noise", marks.style_weight, words)


def _flickering(marks: Marks) -> Iterable[Fault]:
    if marks.flicker is not None and marks.flicker > FLICKER:
        words = f"flickers: {marks.flicker:.1f} times as unsteady as the source"
        yield Fault("flicker", marks.style_weight, words)


def _seamed(marks: Marks) -> Iterable[Fault]:
    if marks.seam is not None and marks.seam > SEAM:
        words = f"shows where a 360° picture closes: a step {marks.seam:.1f} times its neighbours"
        yield Fault("seam", marks.style_weight, words)


_FINDERS: tuple[Callable[[Marks], Iterable[Fault]], ...]
_FINDERS = (_flashing, _lost, _boiling, _flickering, _seamed)


def _by_kind(fault: Fault) -> tuple[str, float]:
    return fault.kind, fault.style_weight


def _from_where(faults: Sequence[Fault], marks: Sequence[Marks]) -> str:
    """A fault's words at the weight where it is first met, and whether it stays."""
    first, weights = faults[0], sorted(each.style_weight for each in marks)
    if len(faults) == len(weights) > 1:
        return f"{faults[-1].words} at {weight_name(faults[-1].style_weight)}, too much at every weight tried"
    onwards = len(faults) > 1 and weights[-1] == faults[-1].style_weight
    return f"{first.words} at {weight_name(first.style_weight)}{' and above' if onwards else ''}"


def _praise(best: Marks) -> str:
    """What it is like where it is at its best."""
    kept = f"keeps {best.content_kept:.0%} of the drawing"
    if best.style_distance is None:
        near = "how near to its picture is not known"
    elif best.style_distance > FAR:
        near = f"hardly its picture's manner ({best.style_distance:.2f})"
    else:
        near = f"{'close to' if best.style_distance <= 0.25 else 'some of'} its picture's manner "
        near += f"({best.style_distance:.2f})"
    return f"best at {weight_name(best.style_weight)}: {near}, {kept}"
