"""The command-line options that choose the model: the stand-in by default, `--bedrock`, or `--model-url URL`."""

import argparse
from dataclasses import dataclass

from local.bedrock import model_endpoint, real
from local.bedrock.shared_answers import SharedAnswers
from local.bedrock.standin import Converse


@dataclass(frozen=True)
class ModelChoice:
    """What answers the functions' requests. Without `converse`, the rules of the stand-in do."""

    name: str = "the stand-in, which drafts by rules without a model"
    converse: Converse | None = None


STAND_IN = ModelChoice()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to a command."""
    parser.add_argument(
        "--bedrock", action="store_true", help="use Amazon Bedrock instead of the stand-in (needs AWS credentials)"
    )  # fmt: skip
    parser.add_argument(
        "--model-url",
        metavar="URL",
        help="use a model behind an OpenAI-compatible endpoint, such as http://localhost:11434/v1 (Ollama); "
        f"a key is read from the environment variable {model_endpoint.KEY_VARIABLE}",
    )
    parser.add_argument("--model", metavar="ID", default="", help="the model of --model-url")


def chosen_model(options: argparse.Namespace, region: str) -> ModelChoice:
    """Return the model that the options choose. Raises NoCredentials or NoModel."""
    if options.model_url and options.bedrock:
        raise model_endpoint.NoModel("--bedrock and --model-url exclude each other")
    if options.model_url:
        endpoint = model_endpoint.open_endpoint(options.model_url, options.model)
        return ModelChoice(f"the model {endpoint.model} at {endpoint.url}", SharedAnswers(endpoint.converse))
    if options.model:
        raise model_endpoint.NoModel("--model needs --model-url URL, the endpoint that has the model")
    if options.bedrock:
        return ModelChoice("Amazon Bedrock", real.converse(region))
    return STAND_IN
