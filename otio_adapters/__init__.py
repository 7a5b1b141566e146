"""Reads an edit, and writes it back with styled media: the only room that knows timeline formats."""
