"""Proves a cut: rendered at weight 0, every record frame of the relinked timeline shows what it showed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from support import editor, otio_editor
from support.program import Program
from support.seen import Numbers, Seen, differences, numbers_of

AT_NOTHING = ("--preset", "exam", "--set", "style_weight=0")


@dataclass(frozen=True)
class Proof:
    """A cut before and after it was rendered, as an independent reader has both.

    `plays` has the rates of media that do not say their own, before and after.
    """

    cut: Path
    before: tuple[Seen, ...]
    after: tuple[Seen, ...]
    grid: Fraction
    plays: Mapping[str, Fraction] = field(default_factory=dict)
    styled_plays: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def media(self) -> Path:
        """The folder of the styled media."""
        return self.cut.with_name(f"{self.cut.stem}_stylereel") / "media"

    @property
    def truth(self) -> Numbers:
        """The numbers that the original shows."""
        return numbers_of(self.before, self.grid, dict(self.plays))

    @property
    def result(self) -> Numbers:
        """The numbers that the relinked timeline shows."""
        return numbers_of(self.after, self.grid, dict(self.styled_plays))

    def holds(self, at_least: int) -> int:
        """Asserts that nothing differs and all is on styled media; returns how many pictures there were."""
        truth, result = self.truth, self.result
        wrong = differences(truth, result)
        assert not wrong, f"{len(wrong)} of {len(truth)} record frames are wrong: {wrong[:12]}"
        strays = {seen.path for seen in self.after if self.media not in Path(seen.path).parents}
        assert not strays, f"not on styled media: {sorted(strays)}"
        count = sum(map(len, truth.values()))
        assert count >= at_least, count
        return count


def rendered(cut: Path, *options: object) -> Path:
    """Renders a cut with the real program, at weight 0 unless told else; returns the styled timeline."""
    words = ("render", cut, *AT_NOTHING, "--progress", "off", *options)
    ran = Program(cut.parent, cut.parent / "home").run(*words).done()
    return Path(ran.out.strip().splitlines()[-1])


def proof_of_xmeml(
    cut: Path, sequence: str, *options: object, plays: Mapping[str, Fraction] | None = None
) -> Proof:
    """Renders an xmeml cut and reads both documents."""
    styled = rendered(cut, *options)
    before, after = cut.read_bytes(), styled.read_bytes()
    name = f"{sequence} (styled)"
    grid = editor.rate_of(editor.opened(before, sequence).sequence)
    shown = tuple(editor.shown(before, sequence)), tuple(editor.shown(after, name))
    return Proof(cut, *shown, grid, plays or {})


def proof_of_otio(cut: Path, grid: Fraction, *options: object, warp: otio_editor.Warp = "otio") -> Proof:
    """Renders an `.otio` and reads both documents."""
    styled = rendered(cut, *options)
    shown = (tuple(otio_editor.shown(path.read_bytes(), grid, warp)) for path in (cut, styled))
    return Proof(cut, *shown, grid)
