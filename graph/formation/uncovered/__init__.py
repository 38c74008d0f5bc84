"""Who can't be covered: the reason that binds, and the smallest relaxation that would do."""
