"""Archives are valid zip files whose bytes depend on nothing but their entries."""

import hashlib
import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.function import zip_file
from stack.function.archive_files import PackagingError
from stack.function.deflate import deflate
from stack.function.zip_file import zipped
from tests.stack.pipeline_run import ROOT

REPEATING = st.lists(
    st.sampled_from([b"a", b"bc", b"def handle", b"\x00\xff", b"x" * 300]), max_size=200
).map(b"".join)

# Changes only with the algorithm, and then every archive of every stack changes.
GOLDEN = "7f47d572720c12b414bf75e836df3a810de59dd6d7578aa586f0be00d949be31"


def inflated(data: bytes) -> bytes:
    return zlib.decompress(data, -zlib.MAX_WBITS)


@given(st.one_of(st.binary(max_size=2000), REPEATING))
def test_what_is_deflated_inflates_to_itself(data: bytes) -> None:
    assert inflated(deflate(data)) == data


@pytest.mark.parametrize("distance", [1, 2, 5, 257, 32767, 32768, 32769, 40000])
def test_repetitions_inflate_at_any_distance(distance: int) -> None:
    """Also beyond the window of 32 KB, where they are no repetitions."""
    between = bytes(number % 251 for number in range(distance))
    for length in (4, 10, 11, 257, 258, 259, 1000):
        data = (b"repetition" * 100)[:length] + between
        assert inflated(deflate(data * 2)) == data * 2


def test_sources_become_less_than_half_as_long() -> None:
    sources = b"".join(path.read_bytes() for path in sorted((ROOT / "stack" / "function").glob("*.py")))
    assert len(deflate(sources)) < len(sources) / 2


def test_the_same_data_gives_the_same_bytes_in_any_version() -> None:
    data = b"".join(
        f"def handle_{number}(event): return {number * number}\n".encode() for number in range(500)
    )
    assert hashlib.sha256(deflate(data)).hexdigest() == GOLDEN


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=20),
        st.binary(max_size=300),
        max_size=8,
    )
)
def test_a_zip_archive_holds_its_entries(entries: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(entries.items()))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(entries)
        assert {name: archive.read(name) for name in entries} == entries
        assert {entry.external_attr >> 16 for entry in archive.infolist()} <= {0o100644}
        assert {entry.create_system for entry in archive.infolist()} <= {3}


def test_files_that_do_not_shrink_or_are_large_are_stored() -> None:
    entries = {"small": b"x" * 1000, "dense": bytes(range(256)), "large": b"x" * (1024 * 1024 + 1)}
    with zipfile.ZipFile(io.BytesIO(zipped(entries.items()))) as archive:
        methods = {entry.filename: entry.compress_type for entry in archive.infolist()}
        assert archive.testzip() is None
    assert methods == {
        "small": zipfile.ZIP_DEFLATED,
        "dense": zipfile.ZIP_STORED,
        "large": zipfile.ZIP_STORED,
    }


def test_more_files_than_a_zip_archive_can_list_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "_MOST_FILES", 2)
    with pytest.raises(PackagingError, match="at most 2 files"):
        zipped((str(number), b"") for number in range(3))
