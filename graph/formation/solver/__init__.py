"""The solver of one component: prices by column generation, plans by local search, proofs; it knows numbers only."""
