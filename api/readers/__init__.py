"""Processes that read a store for the service: quick questions of many at once, one of each process at a time.

``questions.py`` is what can be asked · ``process.py`` one such process · ``pool.py`` those of a service · ``framing.py`` what goes
between them.
"""
