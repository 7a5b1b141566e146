"""Patterns that pick clips by name: globs, and regular expressions after `re:`.

Both ignore case, as file systems and editors do (`(?-i:…)` in an expression minds it). A glob is
for the whole name, an expression for any part of it. Knows nothing of clips.
"""

import re
from collections.abc import Callable
from fnmatch import translate
from unicodedata import normalize


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A pattern → a test of names. Raises ValueError where the expression is not one."""
    plain = normalize("NFC", pattern)
    try:
        if plain.startswith("re:"):
            search = re.compile(plain[3:].strip(), re.IGNORECASE).search
        else:
            search = re.compile(translate(plain), re.IGNORECASE).match
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return lambda name: search(normalize("NFC", name)) is not None


def compile_file_pattern(pattern: str) -> Callable[[str], bool]:
    """A pattern for files: with a `/` in it for the whole path, else for the file's own name."""
    expression = pattern.startswith("re:")
    matches = compile_pattern(pattern if expression else pattern.replace("\\", "/"))
    if "/" in pattern or (not expression and "\\" in pattern):
        return lambda path: matches(path.replace("\\", "/"))
    return lambda path: matches(path.replace("\\", "/").rpartition("/")[2])
