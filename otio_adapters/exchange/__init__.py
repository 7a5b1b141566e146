"""OpenTimelineIO's own files, EDL and AAF: read, relinked, archived."""
