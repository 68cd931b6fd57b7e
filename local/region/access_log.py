"""Reads MiniStack's access log: which AWS calls were made, and by which function."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Format of the access log, one line per answered request: signature, method, path, operation, status, user agent.
FORMAT = "%({authorization}i)s\t%(m)s\t%(U)s\t%({x-amz-target}i)s\t%(s)s\t%({user-agent}i)s"

#: Environment variable whose value botocore adds to its user agent; the region sets it to the function's name.
APP_ID = "AWS_SDK_UA_APP_ID"

_APP = re.compile(r"(?:^|\s)app/(\S+)")
_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/\d{8}/[^/]+/([^/]+)/aws4_request")


@dataclass(frozen=True)
class AwsCall:
    """One signed AWS call. `target` is the operation where the protocol names it in a header, else empty.

    `function` is the calling function from the user agent; empty when the user agent names none.
    """

    access_key: str
    service: str
    method: str
    path: str
    target: str
    status: int
    function: str = ""

    @property
    def is_by_a_function(self) -> bool:
        """Return whether a function's role made the call: only functions have temporary credentials here."""
        return self.access_key.startswith("ASIA")


def parse_access_log(lines: Iterable[str]) -> list[AwsCall]:
    """Return the signed calls of an access log; unsigned requests (webhooks, health checks) are not AWS calls."""
    calls = []
    for line in lines:
        parts = line.rstrip("\n").split("\t")
        if len(parts) >= 5 and (signed := _CREDENTIAL.search(parts[0])):
            target = "" if parts[3] == "-" else parts[3].rpartition(".")[2]
            app = _APP.search(parts[5]) if len(parts) > 5 else None
            name = app[1] if app else ""
            calls.append(AwsCall(signed[1], signed[2], parts[1], parts[2], target, int(parts[4]), name))
    return calls
