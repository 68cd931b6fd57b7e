"""Converts Pulumi assets and archives to the bytes of a zip file."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pulumi

_TIME = (1980, 1, 1, 0, 0, 0)


def zip_bytes(archive: Any) -> bytes:
    """Return the zip that `pulumi up` would upload for a FileArchive (zip or folder) or an AssetArchive."""
    if isinstance(archive, pulumi.FileArchive):
        path = Path(archive.path)
        return path.read_bytes() if path.is_file() else _zip(_folder(path))
    if isinstance(archive, pulumi.AssetArchive):
        return _zip(_entries(archive))
    raise TypeError(f"{type(archive).__name__} is not a local archive")


def _entries(archive: pulumi.AssetArchive) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, item in archive.assets.items():
        if isinstance(item, pulumi.StringAsset):
            found[name] = item.text.encode()
        elif isinstance(item, pulumi.FileAsset):
            found[name] = Path(item.path).read_bytes()
        else:
            inner = zipfile.ZipFile(io.BytesIO(zip_bytes(item)))
            found |= {
                f"{name}/{entry}": inner.read(entry) for entry in inner.namelist() if not entry.endswith("/")
            }
    return found


def _folder(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, _TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, entries[name])
    return buffer.getvalue()
