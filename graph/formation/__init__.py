"""Joint formation (联合组建): the planning problem of FORMATION, and its independent check."""
