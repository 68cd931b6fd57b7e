"""Validation of a log group's retention and KMS key, by the rules of CloudWatch Logs."""

from typing import Any

from .validation import reject, when_known

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The retention periods in days that CloudWatch Logs accepts."""


def check_logs(component: str, args: Any) -> None:
    """Raise InvalidArgument for `log_retention_days` or `log_key_arn` that CloudWatch Logs would reject."""

    def check_days(days: float) -> None:
        if days not in RETENTION_DAYS:
            nearest = min(RETENTION_DAYS, key=lambda one: (abs(one - days), -one))
            fix = f"CloudWatch Logs accepts {', '.join(map(str, RETENTION_DAYS))}; the nearest is {nearest}."
            reject(component, "log_retention_days", f"is {days}", fix)

    def check_key(key: str) -> None:
        if not str(key).startswith("arn:"):
            rule = f"is {key!r}, but CloudWatch Logs accepts only ARNs, no key ids or aliases"
            fix = (
                "Give the key's ARN, and allow `logs.REGION.amazonaws.com` to use the key in the key policy."
            )
            reject(component, "log_key_arn", rule, fix)

    when_known(args.get("log_retention_days"), check_days)
    when_known(args.get("log_key_arn"), check_key)
