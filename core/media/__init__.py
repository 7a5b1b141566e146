"""The media room: files to frames and back. See each module for what it knows and what it does not."""
