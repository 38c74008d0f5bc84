"""Prints the service's OpenAPI document, from which the web application's types are made."""

import json
import sys
import tempfile
from pathlib import Path

from api.app import create_app
from api.settings import Settings

with tempfile.TemporaryDirectory() as folder:
    json.dump(create_app(Settings(str(Path(folder) / "none.db"))).openapi(), sys.stdout)
