"""Who asks, and what they may: accounts, tokens and sessions, roles with their jurisdiction."""
