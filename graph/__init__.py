"""The domain: schema, policy, stores, survey, planning, chains and audit. It imports nothing of ours outside itself."""
