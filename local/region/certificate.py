"""A self-signed certificate for loopback, made with the standard library alone.

MiniStack would call the openssl command, which a bare machine need not have. The key is P-256, the signature
ECDSA with SHA-256 (RFC 5280, RFC 5758, SEC 1); both live for one run of the local region and protect nothing
but traffic on 127.0.0.1, so constant-time arithmetic is not needed.
"""

import base64
import hashlib
import ipaddress
import secrets
from datetime import UTC, datetime, timedelta

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_Point = tuple[int, int]

_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_P256 = "1.2.840.10045.3.1.7"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"


def self_signed(days: int = 30) -> tuple[str, str]:
    """Return (certificate, private key) as PEM, valid for localhost, 127.0.0.1 and ::1 from yesterday on."""
    private = secrets.randbelow(_N - 1) + 1
    public = _point_bytes(_times(private, _G))
    algorithm = _sequence(_oid(_ECDSA_SHA256))
    name = _sequence(_tlv(0x31, _sequence(_oid("2.5.4.3"), _tlv(0x0C, b"kinexus local region"))))
    now = datetime.now(UTC)
    validity = _sequence(_time(now - timedelta(days=1)), _time(now + timedelta(days=days)))
    key_info = _sequence(_sequence(_oid(_EC_PUBLIC_KEY), _oid(_P256)), _tlv(0x03, b"\0" + public))
    to_sign = _sequence(
        _tlv(0xA0, _integer(2)),
        _integer(secrets.randbits(120) | 1 << 119),
        algorithm,
        name,
        validity,
        name,
        key_info,
        _tlv(0xA3, _sequence(*_extensions(hashlib.sha1(public, usedforsecurity=False).digest()))),
    )
    certificate = _sequence(to_sign, algorithm, _tlv(0x03, b"\0" + _signature(private, to_sign)))
    key = _sequence(
        _integer(1),
        _tlv(0x04, private.to_bytes(32, "big")),
        _tlv(0xA0, _oid(_P256)),
        _tlv(0xA1, _tlv(0x03, b"\0" + public)),
    )
    return _pem("CERTIFICATE", certificate), _pem("EC PRIVATE KEY", key)


def _extensions(key_id: bytes) -> list[bytes]:
    """Names, key identifiers and usage; marked as no authority, which strict verifiers ask of a leaf."""
    addresses = [ipaddress.ip_address(text).packed for text in ("127.0.0.1", "::1")]
    names = _sequence(_tlv(0x82, b"localhost"), *(_tlv(0x87, address) for address in addresses))
    return [
        _extension("2.5.29.17", names),
        _extension("2.5.29.19", _sequence(), critical=True),
        _extension("2.5.29.15", _tlv(0x03, b"\x07\x80"), critical=True),
        _extension("2.5.29.37", _sequence(_oid("1.3.6.1.5.5.7.3.1"))),
        _extension("2.5.29.14", _tlv(0x04, key_id)),
        _extension("2.5.29.35", _sequence(_tlv(0x80, key_id))),
    ]


def _extension(oid: str, value: bytes, critical: bool = False) -> bytes:
    flag = [_tlv(0x01, b"\xff")] if critical else []
    return _sequence(_oid(oid), *flag, _tlv(0x04, value))


def _signature(private: int, message: bytes) -> bytes:
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    nonce = secrets.randbelow(_N - 1) + 1
    r = _times(nonce, _G)[0] % _N
    s = pow(nonce, -1, _N) * (digest + r * private) % _N
    return _sequence(_integer(r), _integer(s))


def _times(scalar: int, point: _Point) -> _Point:
    """Scalar multiplication on the curve by doubling and adding; the scalar is never 0."""
    total: _Point | None = None
    while scalar:
        if scalar & 1:
            total = point if total is None else _plus(total, point)
        point = _plus(point, point)
        scalar >>= 1
    assert total is not None  # noqa: S101
    return total


def _plus(a: _Point, b: _Point) -> _Point:
    rise, run = (3 * a[0] * a[0] - 3, 2 * a[1]) if a == b else (b[1] - a[1], b[0] - a[0])
    slope = rise * pow(run, -1, _P)
    x = (slope * slope - a[0] - b[0]) % _P
    return x, (slope * (a[0] - x) - a[1]) % _P


def _point_bytes(point: _Point) -> bytes:
    return b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")


def _tlv(tag: int, content: bytes) -> bytes:
    """One DER element: tag, length, content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _tlv(0x30, b"".join(parts))


def _integer(value: int) -> bytes:
    return _tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    encoded = bytearray([first * 40 + second])
    for part in rest:
        groups = [part & 0x7F]
        while part := part >> 7:
            groups.append(part & 0x7F | 0x80)
        encoded.extend(reversed(groups))
    return _tlv(0x06, bytes(encoded))


def _time(moment: datetime) -> bytes:
    return _tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())


def _pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
