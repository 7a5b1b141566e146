"""The `<file>` of styled media: a definition of its own for a movie, the old one renamed for a still.

Knows files; knows nothing of clips or clocks.
"""

from pathlib import PurePosixPath

from ...core.cut import StyledMedia
from ..pathurls import to_pathurl
from ..premiere.parts import Source, file_element
from .edits import Edit, Style, piece, set_id, set_text
from .tree import Element


def styled_file(
    data: bytes, style: Style, original: Element, media: StyledMedia, file_id: str, at: int
) -> bytes:
    """The definition of a styled file that replaces `original`, as it is to stand at byte `at`."""
    pathurl = to_pathurl(media.editor_path, like=original.value("pathurl"))
    name = PurePosixPath(media.editor_path).name
    if media.kind == "still" and original.attributes.get("id"):
        edits: list[Edit] = [set_id(data, original, file_id)]
        edits += set_text(original.find("name"), name) + set_text(original.find("pathurl"), pathurl)
        return piece(data, original.start, original.end, edits)
    shape = original.find("media", "video", "samplecharacteristics")
    source = Source(
        name=name,
        pathurl=pathurl,
        rate=media.rate,
        frames=media.frames,
        width=media.width,
        height=media.height,
        start=media.start,
        drop_frame=media.drop_frame,
        reel=media.reel,
        pixel_aspect=(shape.value("pixelaspectratio") if shape else "") or "square",
        anamorphic=shape is not None and shape.value("anamorphic").upper() == "TRUE",
    )
    return style.fitted(file_element(source, file_id), at)
