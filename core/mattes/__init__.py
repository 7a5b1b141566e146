"""Mattes: which part of a frame a style is worn on."""
