"""The service's routes, thin: each asks :mod:`api.asking` and gives the answer as it is."""
