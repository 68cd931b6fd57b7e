"""In-memory doubles of the AWS services, and requests to the simulators without sockets.

The doubles answer boto3's own clients: `Region.answer` stands in the place of a client's request, so parameters are still
validated by botocore, and errors are its own. They implement what Kinexus uses, and refuse everything else with
`NotDoubled`. test_contract.py compares each operation with moto.

    region = with_region(monkeypatch)           # every boto3 client now talks to this Region
    wire = Wire().connect(monkeypatch)          # requests to addresses of the Wire now skip the socket
    url = wire.serve(1, application(site))      # http://127.0.0.1:1
"""

from tests.doubles.region import NotDoubled, Region, with_region
from tests.doubles.wire import Wire

__all__ = ["NotDoubled", "Region", "Wire", "with_region"]
