"""The bills of materials are valid CycloneDX and list what the lock files install, no more and no less."""

import json
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests import bill_of_materials
from tests.bill_of_materials import LOCKS, bill
from tests.dependencies import pinned


@pytest.mark.parametrize("name", LOCKS)
def test_a_bill_lists_the_lock_with_all_its_hashes(name: str) -> None:
    text = bill(name, LOCKS[name].read_text())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = json.loads(text)["components"]
    assert {(each["name"], each["version"]) for each in components} == pinned(LOCKS[name])
    hashes = {
        one["content"] for each in components for file in each["externalReferences"] for one in file["hashes"]
    }
    assert hashes == set(re.findall(r"sha256:(\w+)", LOCKS[name].read_text()))


def test_the_command_writes_both(tmp_path: Path) -> None:
    bill_of_materials.main(tmp_path / "new")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"layer.cdx.json", "deployment.cdx.json"}
