"""The semi-monthly report as files: a workbook with formulas (:mod:`book`), a document from a template (:mod:`paper`, :mod:`template`).

Both are written from the object that ``report --json`` prints; words are in ``texts.json``.
"""
