"""Ledgers as forms: blank ones for offices to fill in, and what a store holds in the same layout, which an import reads back.

``kinds`` (which ledgers there are) → ``guidance`` (how each column is filled in) · ``lists`` (what drops down) → ``checks``
(what a cell is held to) → ``sheets`` (a sheet's layout) → ``writing`` (workbooks and folders). Everything comes from
:mod:`loaders.canonical`.
"""
