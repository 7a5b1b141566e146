"""Auditions: candidates for a film's look, painted on a test set, measured, ranked."""
