"""OpenTimelineIO's door to our search for footage: the media linker `stylereel_search`.

OpenTimelineIO loads this file by its path, away from its package: one absolute import, nothing else.
"""

from stylereel.otio_adapters.exchange.linker import link_media_reference

__all__ = ["link_media_reference"]
