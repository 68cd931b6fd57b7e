"""Writes the graph's snapshots: `python -m tests.stack.write_snapshots`; then read the diff."""

import json

from stack.plugin import KinexusProvider
from stack.testing import checks
from tests.stack.pipeline_run import ROOT, graph
from tests.stack.test_pipeline_graph import SNAPSHOTS


def main() -> None:
    """Write URNs and policies of dev and prod, the tree that both share, and the schema of the components."""
    SNAPSHOTS.mkdir(exist_ok=True)
    for stack in ("dev", "prod"):
        for change in checks.write_urns(graph(stack), SNAPSHOTS / f"{stack}-urns.txt"):
            print(f"{stack}: {change}")
        documents = checks.policy_documents(graph(stack))
        (SNAPSHOTS / f"{stack}-policies.json").write_text(
            json.dumps(documents, indent=1, sort_keys=True) + "\n"
        )
    schema = json.loads(KinexusProvider().schema or "")
    (ROOT / "provider" / "schema.json").write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n")
    (SNAPSHOTS / "tree.txt").write_text("\n".join(checks.tree(graph("dev"))) + "\n")


if __name__ == "__main__":
    main()
