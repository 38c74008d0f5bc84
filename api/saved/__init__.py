"""Drawings of the application that somebody keeps: which things, where they lie, with a note, for oneself or by a link."""
