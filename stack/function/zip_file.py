"""Writes zip archives whose bytes depend on their entries only: no times, no owners, and the same compression anywhere.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import struct
import zlib
from collections.abc import Iterable

from .archive_files import PackagingError
from .deflate import deflate

_LONGEST_COMPRESSED = 1024 * 1024
_STORED, _DEFLATED = 0, 8
_VERSION, _UTF8 = 20, 0x800
_DATE_1980 = 0x21
_UNIX = 3
_MODE = 0o100644 << 16
_MOST_FILES, _MOST_BYTES = 0xFFFF, 0xFFFFFFFF


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip archive of files (path and content) in the given order.

    Files above 1 MB, such as compiled libraries, are stored uncompressed to save time. Raises PackagingError above
    65,535 files or 4 GB.
    """
    files, directory, number, offset = [], [], 0, 0
    for path, content in entries:
        packed, method = _packed(content)
        name = path.encode()
        described = struct.pack(
            "<HHHHHIIIHH",
            _VERSION, _UTF8, method, 0, _DATE_1980, zlib.crc32(content), len(packed), len(content), len(name), 0,
        )  # fmt: skip
        files += [b"PK\3\4", described, name, packed]
        directory += [
            b"PK\1\2", bytes([_VERSION, _UNIX]), described, struct.pack("<HHHII", 0, 0, 0, _MODE, offset), name,
        ]  # fmt: skip
        number += 1
        offset += 4 + len(described) + len(name) + len(packed)
    listing = b"".join(directory)
    if number > _MOST_FILES or offset + len(listing) > _MOST_BYTES:
        raise PackagingError(f"an archive has at most {_MOST_FILES} files and 4 GB: exclude files")
    end = struct.pack("<HHHHIIH", 0, 0, number, number, len(listing), offset, 0)
    return b"".join([*files, listing, b"PK\5\6", end])


def _packed(content: bytes) -> tuple[bytes, int]:
    """Return a file's content as it stands in the archive, and the method of its compression."""
    if len(content) <= _LONGEST_COMPRESSED:
        packed = deflate(content)
        if len(packed) < len(content):
            return packed, _DEFLATED
    return content, _STORED
