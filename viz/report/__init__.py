"""The semi-monthly report as files: a workbook with formulas and a document from a template.

Both are written from the object that ``report --json`` prints; words are in ``texts.json``.
"""
