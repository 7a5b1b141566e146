"""`<pathurl>` ↔ the path as the editor's machine writes it. Works on text; opens no file.

Read are Premiere's `file://localhost/C%3a/a%20b.mov` and `file://localhost/Volumes/…`, UNC shares
(`file://server/share/…`), `file:///…` and plain absolute paths of every system. Only what is a
`file:` URL is decoded: a plain path may hold a `%`.
"""

import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

PREMIERE = "file://localhost/"
_DRIVE = re.compile(r"/*([A-Za-z]):(?=/|$)")
_SCHEME = re.compile(r"file:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_OTHER_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def to_path(pathurl: str) -> str:
    """`pathurl` → `C:/footage/a b.mov`, `//server/share/a.mov` or `/Volumes/x/a.mov`, in NFC."""
    text = pathurl.strip()
    if not _SCHEME.match(text):
        return _tidy(text)
    rest = text[len("file:") :]
    if not rest.startswith("//"):
        return _tidy(_decode(rest))
    host, slash, tail = rest[2:].partition("/")
    path = _decode(slash + tail)
    if host.lower() in ("", "localhost", "127.0.0.1"):
        return _tidy(path)
    host = _decode(host)
    return _tidy(host + path if _DRIVE.match(host) else f"//{host}{path}")


def names_a_file(pathurl: str) -> bool:
    """Whether a `pathurl` can be a file's: no web address, not empty, no folder, no control characters."""
    text = pathurl.strip()
    if _OTHER_SCHEME.match(text) and not _SCHEME.match(text):
        return False
    path = to_path(text)
    return path != "" and not path.endswith(("/", "/..", "/.")) and not _CONTROL.search(path)


def to_pathurl(path: str, like: str = PREMIERE) -> str:
    """A path (`C:/a b.mov`) → a `pathurl` in the form of `like`, another one of the document.

    Encodes what Premiere encodes and nothing else: the space, `%` and the drive's colon.
    """
    if not _SCHEME.match(like):
        return path
    empty_host = like.lower().startswith("file:///")
    base = "file://" if empty_host else "file://localhost"
    text = path.replace("%", "%25").replace(" ", "%20")
    if text.startswith("//"):
        double = like.lower().startswith((f"{base}//", "file:////"))
        return base + text if double else "file:" + text
    if _DRIVE.match(text):
        text = "/" + text[0] + ("%3a" if not empty_host else ":") + text[2:]
    return base + text


def on_disk(path: Path) -> Path:
    """`path`, or the same name in the other Unicode normal form where only that one exists."""
    normal = (unicodedata.normalize(form, str(path)) for form in ("NFC", "NFD"))
    for candidate in (path, *map(Path, normal)):
        try:
            if candidate.exists():
                return candidate
        except (OSError, ValueError):  # a name this system cannot hold cannot be on its disk
            return path
    return path


def _decode(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return unquote(text, encoding="latin-1")


def _tidy(path: str) -> str:
    if re.match(r"[A-Za-z]:\\|\\\\", path):
        path = path.replace("\\", "/")
    return unicodedata.normalize("NFC", _DRIVE.sub(r"\1:", path, count=1) if _DRIVE.match(path) else path)
