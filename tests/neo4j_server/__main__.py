"""``make neo4j``: the server of the tests for a developer, until Ctrl-C; what it holds goes with it."""

from __future__ import annotations

import signal
import sys
import time

from tests.neo4j_server.jars import RELEASES, MissingError
from tests.neo4j_server.server import Server


def main(version: str = RELEASES[0].version) -> int:
    """Start a server, say how to reach it, and wait until it is no longer wanted."""
    release = next((r for r in RELEASES if r.version == version), None)
    if release is None:
        known = ", ".join(r.version for r in RELEASES)
        print(f"lianjian: no Neo4j {version} is pinned here, but {known}", file=sys.stderr)
        return 2
    # closing the terminal and `kill` end it as Ctrl-C does, which a shell's background job would else not hear
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.default_int_handler)
    server = None
    try:
        print(f"lianjian: starting Neo4j {version} Community on this machine …", file=sys.stderr)
        server = Server(release, quick=False)
        server.start()
        print(
            f"address   {server.url}\n"
            f"user      {server.user}\n"
            f"password  in {server.password_file}\n"
            f"log       {server.home / 'logs' / 'neo4j.log'}\n"
            f"import    {server.home / 'import'} (what LOAD CSV may read)\n\n"
            "In another terminal:\n"
            f"  export LIANJIAN_STORE={server.url} LIANJIAN_NEO4J_USER={server.user}\n"
            f'  export LIANJIAN_NEO4J_PASSWORD="$(cat {server.password_file})"\n'
            "  .venv/bin/lianjian status\n\n"
            "Ctrl-C stops it and deletes what it holds.",
            flush=True,
        )
        while server.running():
            time.sleep(1)
        print(f"lianjian: the server ended by itself: {server.last_words()}", file=sys.stderr)
        return 3
    except MissingError as e:
        print(f"lianjian: {e}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("lianjian: stopped", file=sys.stderr)
        return 0
    finally:
        if server is not None:
            server.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
