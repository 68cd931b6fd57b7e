"""One region of AWS in memory, behind boto3's clients."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

from tests.doubles.dynamodb import DynamoDb
from tests.doubles.eventbridge import EventBridge
from tests.doubles.lambda_service import LambdaService, Sts
from tests.doubles.refusals import AwsError, NotDoubled
from tests.doubles.s3 import S3
from tests.doubles.secrets_manager import SecretsManager
from tests.doubles.sqs import Sqs

__all__ = ["NotDoubled", "Region", "with_region"]

_validator = ParamValidator()
_AWS = re.compile(r"https://[^/]+\.amazonaws\.com/?")


class Region:
    """The services of one region."""

    def __init__(self, name: str = "eu-central-1", account: str = "123456789012") -> None:
        self.name, self.account = name, account
        self.dynamodb = DynamoDb()
        self.s3 = S3()
        self.sqs = Sqs(name, account)
        self.events = EventBridge(name, account, self.sqs)
        self.secretsmanager = SecretsManager(name, account)
        self._lock = threading.RLock()
        self._services: dict[str, object] = {
            "dynamodb": self.dynamodb,
            "s3": self.s3,
            "sqs": self.sqs,
            "events": self.events,
            "secretsmanager": self.secretsmanager,
            "lambda": LambdaService(name, account),
            "sts": Sts(account),
        }

    def answer(self, client: BaseClient, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a call as the service does; raises botocore's errors."""
        model = client.meta.service_model.operation_model(operation)
        if model.input_shape is not None:
            report = _validator.validate(given, model.input_shape)
            if report.has_errors():
                raise ParamValidationError(report=report.generate_report())
        service = client.meta.service_model.service_name
        serve: Callable[[Mapping[str, Any]], dict[str, Any]] | None = getattr(
            self._services.get(service), operation, None
        )
        if serve is None:
            raise NotDoubled(f"{service} {operation}")
        metadata = {"RequestId": str(uuid4()), "HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}
        try:
            with self._lock:
                return {**serve(given), "ResponseMetadata": metadata}
        except AwsError as error:
            errors: Any = client.exceptions  # botocore's stubs miss that from_code returns a class
            raised = errors.from_code(error.shape or error.code)
            parsed = {
                "Error": {"Code": error.code, "Message": error.message},
                "ResponseMetadata": metadata | {"HTTPStatusCode": error.status},
            }
            raise raised(parsed, operation) from None


def with_region(monkeypatch: pytest.MonkeyPatch) -> Region:
    """Let every boto3 client of this process call one new region, unless it has an endpoint of its own."""
    region = Region()
    over_http: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's stubs leave it out

    def called(self: BaseClient, operation: str, given: Mapping[str, Any]) -> Any:
        if _AWS.fullmatch(self.meta.endpoint_url):
            return region.answer(self, operation, given)
        return over_http(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", called)
    return region
