"""Ledger units as tasks: for this process, for workers of this machine, or for a Dask cluster."""
