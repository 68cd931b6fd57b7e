"""A dashboard and alarms for a function; alarms are sent to an e-mail address."""

from kinexus_components import Observability, PythonFunction

job = PythonFunction("export", handler="export.nightly.handle", source_root=".", include=["export"])
ops = Observability("ops", system_name="shop", functions=[job], alarm_email="ops@example.com")
