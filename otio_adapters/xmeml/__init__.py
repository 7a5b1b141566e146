"""Premiere's XML: read, as OpenTimelineIO, and patched in place."""
