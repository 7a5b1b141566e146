"""The shelf: presets (TOML), style files, bases and pictures that ship with StyleReel."""
