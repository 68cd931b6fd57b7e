"""The URL of a function, and the permissions to call the function through it.

Callers of a URL need two: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

import pulumi
import pulumi_aws as aws

from ..arguments.cors import api_cors
from ..arguments.iam_policy import PolicyStatement, statement
from ..arguments.validation import reject
from .alias import is_published
from .args import PythonFunctionArgs


def create_url(
    name: str,
    args: PythonFunctionArgs,
    function: aws.lambda_.Function,
    alias: pulumi.Output[str] | None,
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Create the function URL, if the arguments ask for one, and return it; empty otherwise."""
    if not args.get("url"):
        return pulumi.Output.from_input("")
    url = aws.lambda_.FunctionUrl(
        f"{name}-url",
        function_name=function.name,
        qualifier=alias,
        authorization_type="AWS_IAM",
        cors=api_cors(args["url_cors"]) if "url_cors" in args else None,
        opts=opts,
    )
    address: pulumi.Output[str] = url.function_url
    return address


def url_arn(
    args: PythonFunctionArgs, function: aws.lambda_.Function, alias: pulumi.Output[str]
) -> pulumi.Output[str] | None:
    """Return the ARN of what the URL calls: the function or its alias; None without a URL."""
    if not args.get("url"):
        return None
    return pulumi.Output.concat(function.arn, ":", alias) if is_published(args) else function.arn


def url_statements(arn: pulumi.Output[str] | None) -> list[pulumi.Output[PolicyStatement]]:
    """Return the two statements that allow calls through the URL of a function or alias, and no other calls of it.

    Raises InvalidArgument for None, which stands for a function without a URL.
    """
    if arn is None:
        reject("PythonFunction", "grant_url", "needs `url`", "Set the argument `url` to true.")
    return [
        statement(
            ["lambda:InvokeFunctionUrl"],
            arn,
            conditions={"StringEquals": {"lambda:FunctionUrlAuthType": ["AWS_IAM"]}},
        ),
        statement(
            ["lambda:InvokeFunction"], arn, conditions={"Bool": {"lambda:InvokedViaFunctionUrl": ["true"]}}
        ),
    ]
