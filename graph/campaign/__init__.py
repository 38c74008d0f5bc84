"""The campaign as offices keep it: whose ledgers are in (``ledgers``), and what is due, done and late by when (``timetable``).

``receipts`` (what was handed in) · ``progress`` (how far what is to be done has come) → ``timetable``. Dates are the profile's,
words those of :mod:`graph.affiliation.calendar`.
"""
