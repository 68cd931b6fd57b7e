"""In-memory doubles of the AWS services, and requests to the simulators without sockets.

The doubles answer boto3's own clients: `Region.answer` stands in the place of a client's request, so parameters are still
validated by botocore, and errors are its own. They implement what Kinexus uses, and refuse everything else with
`NotDoubled`. test_contract.py compares each operation with moto.

    with_region(monkeypatch)      # from now on, every boto3 client talks to one Region
    wire.connect(monkeypatch)     # from now on, addresses that are given to the Wire are served in this process
"""

from tests.doubles.region import NotDoubled, Region, with_region
from tests.doubles.wire import Wire

__all__ = ["NotDoubled", "Region", "Wire", "with_region"]
