"""The names of numbered pictures: `take.00086400.png` and those that follow it. Opens no file."""

import re
from pathlib import Path

_NUMBERED = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)  # the last digits of a name are its number
_DIGITS = 8  # a day at 120 frames a second has as many


def first_picture(folder: Path, number: int, suffix: str) -> Path:
    """The picture `number` of a folder of styled ones, which are called as the folder is."""
    return folder / f"{folder.name}.{number:0{_DIGITS}}{suffix}"


def split_number(name: str) -> tuple[str, str, str] | None:
    """A name without suffix: what stands before its number, the digits, what behind; None without one."""
    match = _NUMBERED.fullmatch(name)
    return (match[1], match[2], match[3]) if match else None


def run_from(first: Path, frames: int) -> tuple[Path, ...]:
    """The paths of so many pictures by that of the first; ValueError where its name has no number."""
    parts = split_number(first.stem)
    if parts is None:
        raise ValueError(f"{first.name} has no number")
    before, digits, after = parts
    numbers = range(int(digits), int(digits) + frames)
    return tuple(first.with_name(f"{before}{at:0{len(digits)}}{after}{first.suffix}") for at in numbers)
