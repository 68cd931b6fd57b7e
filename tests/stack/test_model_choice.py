"""Without a setting, the model is Nova Lite of the stack's region, by its id or its geographic profile."""

from typing import Any

import boto3
import pulumi
import pytest

from preflight import nova_models as of_preflight
from stack.pipeline import nova_models
from stack.pipeline.model_choice import choose_model
from stack.testing import checks, run_program
from tests.stack.pipeline_run import run

REGIONS = sorted(
    {*boto3.Session().get_available_regions("lambda"), "us-gov-west-1", "ap-northeast-3", "sa-east-1"}
)


@pytest.mark.parametrize(
    ("region", "model"),
    [
        ("us-east-1", "amazon.nova-lite-v1:0"),
        ("us-west-2", "us.amazon.nova-lite-v1:0"),
        ("us-gov-west-1", "amazon.nova-lite-v1:0"),
        ("us-gov-east-1", "us-gov.amazon.nova-lite-v1:0"),
        ("ca-central-1", "ca.amazon.nova-lite-v1:0"),
        ("eu-central-1", "eu.amazon.nova-lite-v1:0"),
        ("eu-west-2", "amazon.nova-lite-v1:0"),
        ("ap-south-1", "apac.amazon.nova-lite-v1:0"),
        ("ap-northeast-1", "amazon.nova-lite-v1:0"),
        ("sa-east-1", None),
        ("me-central-1", None),
    ],
)
def test_nova_lite_of_a_region(region: str, model: str | None) -> None:
    assert nova_models.nova_lite(region) == model


@pytest.mark.parametrize(
    ("region", "profile"),
    [("us-east-1", "us"), ("eu-central-1", "eu"), ("ap-northeast-1", "jp"), ("ap-southeast-2", "global")],
)
def test_nova_2_lite_is_used_by_profile_only(region: str, profile: str) -> None:
    assert nova_models.nova_2_lite(region) == f"{profile}.amazon.nova-2-lite-v1:0"


@pytest.mark.parametrize("region", REGIONS)
def test_preflight_names_the_same_models_as_the_stack(region: str) -> None:
    assert of_preflight.nova_lite(region) == nova_models.nova_lite(region)
    assert of_preflight.nova_2_lite(region) == nova_models.nova_2_lite(region)


def test_the_function_and_its_permission_use_the_derived_model() -> None:
    graph = run("dev")
    [function] = [
        each for each in graph.of_type("aws:lambda/function:Function") if "DocumentOrchestrator" in each.name
    ]
    assert function.inputs["environment"]["variables"]["BEDROCK_MODEL_ID"] == "eu.amazon.nova-lite-v1:0"
    statements = checks.role_statements(graph, "kinexus-DocumentOrchestrator-role")
    allowed = [one for one in statements if one["Action"] == ["bedrock:InvokeModel"]]
    assert [one["Resource"][0].split("/")[-1] for one in allowed] == [
        "eu.amazon.nova-lite-v1:0",
        "amazon.nova-lite-v1:0",
    ]


def test_a_region_without_nova_lite_needs_the_setting() -> None:
    def program() -> None:
        args: Any = {}
        pulumi.export("model", choose_model(args, "sa-east-1"))

    with pytest.raises(
        Exception, match=r"knows no Nova Lite in the region sa-east-1.*global\.amazon"
    ) as refused:
        run_program(program)
    assert "bedrock_model_id" in str(refused.value)
