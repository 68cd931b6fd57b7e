"""An API with one route, limited to five requests per second."""

from kinexus_components import PythonFunction, PythonFunctionArgs, WebhookApi, WebhookRoute

code = PythonFunctionArgs(
    function_name="placed", handler="export.nightly.handle", source_root=".", include=["export"]
)
placed = PythonFunction("placed", code)
route = WebhookRoute(method="POST", path="/orders", function=placed.function, rate_per_second=5)
api = WebhookApi("api", {"api_name": "shop", "routes": [route]})
