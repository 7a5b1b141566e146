"""Faults of what a user wrote: what is wrong at which key, on which line, and what was perhaps meant.

Knows TOML's lines and pydantic's errors. Knows nothing of what the keys mean.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from .errors import FilmError

Path = tuple[str | int, ...]
_MARKS = ("[key]", "[links]", "[changes]", "[matte]", "[none]")  # of pydantic, and of a key's two forms
_SEGMENT = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_TOKEN = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'"""  # strings
    r"""|\#[^\n]*|\n|[\[\]{}]|[^\S\n]+|[^\s\[\]{}"'\#]+|.""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the path of its key, and a sentence about it."""

    path: Path
    message: str

    @property
    def key(self) -> str:
        """`scenes[2].set.ramp.out`, as people write it; positions count from 1."""
        text = ""
        for part in self.path:
            text += f"[{part + 1}]" if isinstance(part, int) else f".{_quoted(part)}"
        return text.lstrip(".")


def _quoted(part: str) -> str:
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"'


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "midterm"?`, or what there is, or nothing where there is nothing."""
    names = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(names), n=1)
    if close:
        return f'; did you mean "{names[close[0]]}"?'
    listed = ", ".join(sorted(name for name in names.values() if "." not in name)[:20])
    return f" (there are: {listed})" if listed else ""


def model_faults(error: ValidationError, model: type[BaseModel], above: Path = ()) -> Iterator[Fault]:
    """What pydantic found, in our words, under the path `above`."""
    for detail in error.errors():
        path: Path = tuple(part for part in detail["loc"] if isinstance(part, int) or part not in _MARKS)
        if detail["type"] == "extra_forbidden":
            known = _keys(model, path[:-1])
            yield Fault(above + path, "there is no such key" + did_you_mean(str(path[-1]), known))
        elif detail["type"] == "missing":
            yield Fault(above + path, "is missing")
        else:
            yield Fault(above + path, _sentence(detail["msg"], detail["input"]))


def in_words(error: ValidationError, model: type[BaseModel]) -> str:
    """The same as one text, for values that stand on no line."""
    faults = model_faults(error, model)
    return "; ".join(": ".join(filter(None, (fault.key, fault.message))) for fault in faults)


def _sentence(message: str, value: object) -> str:
    message = message.replace("Input should be", "must be").replace("Value error, ", "")
    message = message.replace("100000000000", "1e11")
    message = re.sub(r"String should match pattern '\^#.*'", 'must be a colour such as "#00ff00"', message)
    message = re.sub(
        r"a valid dictionary or (instance of \w+|object.*)", "a table of keys and values", message
    )
    return f"{message}, not {value!r}" if "must be" in message and not isinstance(value, Mapping) else message


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the table at `path` may have, those of its own tables dotted."""
    for part in path:
        if isinstance(part, str) and (field := _fields(model).get(part)) is not None:
            if (below := _model_in(field)) is None:
                return []
            model = below
    keys = []
    for name, annotation in _fields(model).items():
        below = _model_in(annotation) if path or name in ("ramp", "stability", "net", "matte") else None
        keys += [name, *(f"{name}.{key}" for key in (_fields(below) if below else ()))]
    return keys


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation holds: `dict[str, Preset]` → Preset."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model), None)


def film_error(where: str, text: str, faults: Sequence[Fault]) -> FilmError:
    """All faults of one TOML text, in the order of its lines."""
    lines = toml_lines(text)
    placed = sorted(((_line(lines, fault.path), fault) for fault in faults), key=lambda pair: pair[0])
    return FilmError(where, [f"line {line}: {fault.key}: {fault.message}" for line, fault in placed])


def syntax_error(where: str, error: tomllib.TOMLDecodeError) -> FilmError:
    """A text that is no TOML: a fault that stands alone."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
    fault = f"line {match[2]}, column {match[3]}: {match[1]}" if match else str(error)
    return FilmError(where, [f"{fault} (this is not TOML, so nothing else was checked)"])


def _line(lines: Mapping[Path, int], path: Path) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def toml_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of every key and table header of a valid TOML text.

    Keys inside an inline table have the line of the key that holds it.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        if line.startswith("["):
            table = _header(line, counts)
            lines.setdefault(table, number)
        else:
            key = table + _dotted(line)
            for depth in range(len(table) + 1, len(key) + 1):
                lines.setdefault(key[:depth], number)
    return lines


def _header(line: str, counts: dict[Path, int]) -> Path:
    """`[a.b]` and `[[a.b]]` → a path; the last of an array of tables where one is passed through."""
    path: Path = ()
    parts = _dotted(line.lstrip("["))
    for depth, part in enumerate(parts):
        path += (part,)
        if line.startswith("[[") and depth == len(parts) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path += (counts[path] - 1,)
    return path


def _dotted(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    at = 0
    while match := _SEGMENT.match(text, at):
        parts.append(next(group for group in match.groups() if group is not None))
        at = match.end()
        if text[at : at + 1] != ".":
            break
        at += 1
    return tuple(parts)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The line and the text from each place where a key or a header begins; never inside a value."""
    line, depth, fresh = 1, 0, True
    for token in _TOKEN.finditer(text):
        kind = token[0]
        if fresh and not kind.isspace() and not kind.startswith("#"):
            fresh = False
            end = text.find("\n", token.start())
            yield line, text[token.start() : end if end >= 0 else len(text)].strip()
        depth += (kind in "[{") - (kind in "]}")
        line += kind.count("\n")
        fresh = fresh or (kind == "\n" and depth == 0)
