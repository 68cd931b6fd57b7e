"""A secret from the stack's configuration; functions get its ARN and the permission to read it."""

import pulumi
from kinexus_components import SecretBundle

key = pulumi.Config().require_secret("paymentKey")
payment = SecretBundle("payment", secret_json=pulumi.Output.json_dumps({"key": key}))
pulumi.export("arn", payment.secret_arn)
