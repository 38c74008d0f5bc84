"""Whom units are subordinate to, whom they should be, and what is wrong: chains, expectations, the rules of the audit."""
