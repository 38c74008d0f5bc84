"""As-of views side by side: what changed between two dates, and why (DESIGN: ``diff DATE DATE``)."""
