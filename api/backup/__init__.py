"""Backups: a city with accounts, jobs and journal as they are at one time, taken while the service runs, and put back."""

from api.backup.restoring import Restored, restore
from api.backup.taking import Taken, take

__all__ = ["Restored", "Taken", "restore", "take"]
