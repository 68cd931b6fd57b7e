"""Serves MiniStack on a socket that the parent opened, and ends when the parent does.

Run by the region's own interpreter, which has no Kinexus package; so this file imports nothing of ours. The
parent holds the other end of standard input: when that closes, for whatever reason (a kill -9 included), every
process of this group ends and the temporary folder goes.
"""

import asyncio
import os
import shutil
import signal
import sys
import threading
import time


def end_with_parent(folder: str) -> None:
    """Wait until standard input closes, then end the whole process group and remove its folder."""
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(0.1)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def main(descriptor: int, certificate: str, key: str, access_log: str, log_format: str) -> None:
    """Serve on the inherited listening socket, over TLS, with an access log."""
    from hypercorn.asyncio import serve  # type: ignore[import-not-found]
    from hypercorn.config import Config  # type: ignore[import-not-found]
    from ministack.app import app  # type: ignore[import-not-found]

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
