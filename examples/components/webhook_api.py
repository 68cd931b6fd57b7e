"""An API with one route, limited to five requests per second."""

from kinexus_components import PythonFunction, WebhookApi

placed = PythonFunction("placed", handler="export.nightly.handle", source_root=".", include=["export"])
api = WebhookApi(
    "api", routes=[{"method": "POST", "path": "/orders", "function": placed, "rate_per_second": 5}]
)
