"""OpenTimelineIO's door to our reader of Premiere XML: the plug-in `premiere_xml`.

OpenTimelineIO loads this file by its path, away from its package: one absolute import, nothing else.
"""

from stylereel.otio_adapters.xmeml.timeline import read_from_file, read_from_string

__all__ = ["read_from_file", "read_from_string"]
