"""Wordings of ledgers as data: the canonical sheets and the mappings of lists that are laid out otherwise."""
