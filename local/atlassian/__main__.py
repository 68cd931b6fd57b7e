"""Runs the Jira and Confluence simulator: `python -m local.atlassian --port 0 --seed` prints one JSON line when ready.

The line holds `url` and, with `--seed`, the fields of `Seed` in local/seed (pages by file name, tickets by role).
"""

import argparse
import json
import signal
import threading
from dataclasses import asdict

from local.atlassian.server import serve
from local.atlassian.site import Site


def main() -> None:
    """Serve a site until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.atlassian", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks a free port")
    parser.add_argument("--seed", action="store_true", help="start with the demo's space, pages and tickets")
    parser.add_argument("--search-lag", type=float, default=1.0, help="seconds until a search sees a change")
    parser.add_argument(
        "--retry-delay", type=float, default=1.0, help="seconds between attempts to deliver a webhook"
    )
    parser.add_argument(
        "--ca-bundle", default="", help="file of CA certificates to trust when webhooks are delivered"
    )
    arguments = parser.parse_args()
    site = Site(search_lag=arguments.search_lag)
    site.post.options.retry_delay, site.post.options.ca_bundle = arguments.retry_delay, arguments.ca_bundle
    seeded: dict[str, object] = {}
    if arguments.seed:
        from local.seed import load

        seeded = asdict(load(site))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serve(site, arguments.port) as running:
        print(json.dumps({"url": running.url, **seeded}), flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
