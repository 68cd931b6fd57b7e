"""The calls that AWS got, from the access log of the process that plays it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: One line per answered request: who signed it for which service, what it was, and the status.
FORMAT = "%({authorization}i)s\t%(m)s\t%(U)s\t%({x-amz-target}i)s\t%(s)s\t%({user-agent}i)s"

#: Environment variable by which botocore puts a name into its user agent; the region gives each function its own.
APP_ID = "AWS_SDK_UA_APP_ID"

_APP = re.compile(r"(?:^|\s)app/(\S+)")
_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/\d{8}/[^/]+/([^/]+)/aws4_request")


@dataclass(frozen=True)
class AwsCall:
    """One signed call. `target` is the operation where the protocol names it in a header, else empty.

    `function` is the function that made it, as far as its user agent tells.
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
        """Return whether a function's role made it: only functions have temporary credentials here."""
        return self.access_key.startswith("ASIA")


def parse(lines: Iterable[str]) -> list[AwsCall]:
    """Return the signed calls of an access log; what nobody signed (webhooks, health) is no AWS call."""
    found = []
    for line in lines:
        parts = line.rstrip("\n").split("\t")
        if len(parts) >= 5 and (signed := _CREDENTIAL.search(parts[0])):
            target = "" if parts[3] == "-" else parts[3].rpartition(".")[2]
            app = _APP.search(parts[5]) if len(parts) > 5 else None
            name = app[1] if app else ""
            found.append(AwsCall(signed[1], signed[2], parts[1], parts[2], target, int(parts[4]), name))
    return found
