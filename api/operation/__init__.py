"""The service at work: what it logs, counts and says of faults."""
