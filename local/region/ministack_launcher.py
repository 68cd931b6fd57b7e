"""Serves MiniStack on a socket that the parent process opened, and ends with the parent.

It runs in the region's own virtual environment, which has no Kinexus package, so this file imports none. The parent
holds the other end of standard input. When that closes for any reason (kill -9 included), every process of this group
ends and the temporary folder is removed.
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
    """Write a line for each IAM decision: access key, action, resource, allowed."""
    from ministack.core import iam_evaluator  # type: ignore[import-not-found]

    decide, lock = iam_evaluator.enforce, threading.Lock()
    parameters = inspect.signature(decide)
    log = open(path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115 (as long as the process)

    def enforce(*args: Any, **kwargs: Any) -> Any:
        denied = decide(*args, **kwargs)
        call = parameters.bind(*args, **kwargs)
        call.apply_defaults()
        request = [call.arguments[name] for name in ("access_key_id", "iam_action", "resource_arn")]
        with lock:
            log.write(json.dumps([*request, denied is None]) + "\n")
        return denied

    # MiniStack imports the function each time it calls it, so replacing the module's attribute is enough.
    iam_evaluator.enforce = enforce


def wait_for_log_lines() -> None:
    """Wait longer for what a function has logged: on a busy machine, lines came only with its next invocation."""
    from ministack.core import lambda_runtime

    first_line_wait, idle_confirm, hard_cap = 0.05, 0.03, 0.5
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (first_line_wait, idle_confirm, hard_cap)


def main(
    descriptor: int, certificate: str, key: str, access_log: str, log_format: str, decisions: str
) -> None:
    """Serve over TLS on the inherited listening socket, with an access log and a log of IAM decisions."""
    from hypercorn.asyncio import serve  # type: ignore[import-not-found]
    from hypercorn.config import Config  # type: ignore[import-not-found]
    from ministack.app import app  # type: ignore[import-not-found]

    record_decisions(decisions)
    wait_for_log_lines()
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.certfile, config.keyfile = certificate, key
    config.keep_alive_timeout = 75
    config.accesslog, config.access_log_format = access_log, log_format
    asyncio.run(serve(app, config, shutdown_trigger=asyncio.Event().wait))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Only the main thread may set signal handlers, so they are set before the watching thread starts.
    threading.Thread(target=end_with_parent, args=(sys.argv[1],), daemon=True).start()
    main(int(sys.argv[2]), *sys.argv[3:])
