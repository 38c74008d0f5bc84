"""Work that takes longer than a request: commands in processes of their own, which can be stopped and outlive the service."""
