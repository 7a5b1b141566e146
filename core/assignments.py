"""`KEY=VALUE` as people type it: after `--set`, and in the comment of a Premiere marker.

Knows how such text becomes checked values of a preset. Knows nothing of presets or markers.
"""

import shlex
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .errors import UsageError
from .faults import in_words
from .layers import Layer, rooted_style
from .preset import Wear, nested

_MARKER_WORDS = {"weight": "style_weight"}


def parse_sets(texts: Iterable[str], where: str = "--set") -> Layer:
    """`["style_weight=2e10", "ramp.in=24f"]` → one layer; of two values for one key the last wins.

    A style that is a path is found from the current folder, where it was typed.
    Raises UsageError for an unknown key, a wrong type, or keys that do not go together.
    """
    values: dict[str, Any] = {}
    for text in texts:
        values |= _values(text, f"{where} {text}")
    _checked(values, where)
    return Layer(where, rooted_style(values, Path.cwd()))


def parse_comment(comment: str, where: str) -> tuple[dict[str, Any], list[str]]:
    """A marker's comment → its values, flat, and the words that are no `KEY=VALUE`.

    Raises like `parse_sets`, with every fault of the comment.
    """
    values: dict[str, Any] = {}
    others: list[str] = []
    faults: list[UsageError] = []
    for word in _words(comment):
        key, equals, value = word.partition("=")
        if not equals:
            others.append(word)
            continue
        key = key.strip()
        try:
            values |= _values(f"{_MARKER_WORDS.get(key, key)}={value}", word)
        except UsageError as error:
            faults.append(error)
    if not faults:
        _checked(values, where)
    if faults:
        raise UsageError("; ".join(f"{fault.where}: {fault.what}" for fault in faults), where=where)
    return values, others


def _words(comment: str) -> list[str]:
    """The words of a comment; `weight = 2e10` is one."""
    try:
        words = shlex.split(comment)
    except ValueError:  # a quote that is an apostrophe
        words = comment.split()
    joined: list[str] = []
    for word in words:
        if joined and (word.startswith("=") or joined[-1].endswith("=")):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _values(text: str, where: str) -> dict[str, Any]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not key or not value:
        raise UsageError("is not KEY=VALUE, such as style_weight=2e10", where=where)
    return _checked({key: _typed(value)}, where)


def _checked(values: dict[str, Any], where: str) -> dict[str, Any]:
    """The values of a preset's keys, flat. Raises UsageError where they cannot be."""
    try:
        return Wear.model_validate(nested(values)).given()
    except ValidationError as error:
        raise UsageError(in_words(error, Wear), where=where) from error


def _typed(text: str) -> object:
    """The value that TOML reads in the text, else the text itself."""
    if "\n" in text:
        return text
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, bool | int | float | str | list | dict) else text
