"""Serves MiniStack on a socket that the parent opened, and ends when the parent does.

Run by the region's own interpreter, which has no Kinexus package; so this file imports nothing of ours. The
parent holds the other end of standard input: when that closes, for whatever reason (a kill -9 included), every
process of this group ends and the temporary folder goes.
"""

import asyncio
import inspect
import json
import os
import shutil
import signal
import sys
import threading
import time
from typing import Any


def end_with_parent(folder: str) -> None:
    """Wait until standard input closes, then end the whole process group and remove its folder."""
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(0.1)
    # let go: a temporary folder of a process that ends with the next line
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def record_decisions(path: str) -> None:
    """Write a line for each question whether a call is allowed: access key, action, resource, answer."""
    from ministack.core import iam_evaluator  # type: ignore[import-not-found]

    decide, lock = iam_evaluator.enforce, threading.Lock()
    parameters = inspect.signature(decide)
    log = open(path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115 (as long as the process)

    def enforce(*args: Any, **kwargs: Any) -> Any:
        denied = decide(*args, **kwargs)
        question = parameters.bind(*args, **kwargs)
        question.apply_defaults()
        asked = [question.arguments[name] for name in ("access_key_id", "iam_action", "resource_arn")]
        with lock:
            log.write(json.dumps([*asked, denied is None]) + "\n")
        return denied

    # MiniStack imports it anew where it asks, so that the module's own name is the one to replace.
    iam_evaluator.enforce = enforce


def main(
    descriptor: int, certificate: str, key: str, access_log: str, log_format: str, decisions: str
) -> None:
    """Serve on the inherited listening socket, over TLS, with an access log and one of decisions."""
    from hypercorn.asyncio import serve  # type: ignore[import-not-found]
    from hypercorn.config import Config  # type: ignore[import-not-found]
    from ministack.app import app  # type: ignore[import-not-found]

    record_decisions(decisions)
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.certfile, config.keyfile = certificate, key
    config.keep_alive_timeout = 75
    config.accesslog, config.access_log_format = access_log, log_format
    asyncio.run(serve(app, config, shutdown_trigger=asyncio.Event().wait))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Only the main thread may set handlers, so they are set before the watch begins.
    threading.Thread(target=end_with_parent, args=(sys.argv[1],), daemon=True).start()
    main(int(sys.argv[2]), *sys.argv[3:])
