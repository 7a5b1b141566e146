"""Steadying a painted clip in time, and measuring how steady it is."""
