"""A draft shows no image from a host that the page does not show images from already.

An image is loaded by every reader of a page, so its host learns who reads what and when. A model may have the address
from a ticket that anyone can write.
"""

from __future__ import annotations

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from common import storage_format as sf


def images_from_new_hosts(base: str, storage: str) -> tuple[str, ...]:
    """Return the addresses in ``storage`` whose host no address in ``base`` has; both are well-formed.

    An address whose host cannot be read is new unless the very same address is in ``base``.
    """
    known = set(sf.external_addresses(base))
    hosts = {host for host in map(host_of, known) if host}
    added = dict.fromkeys(sf.external_addresses(storage))
    return tuple(address for address in added if address not in known and host_of(address) not in hosts)


def host_of(address: str) -> str | None:
    """Return the host that a browser asks for an address, in ASCII and lower case; None where readers may differ.

    ``https://good.example@evil.example/`` is from evil.example, and the port does not matter. An international name is
    compared by its ASCII form (``xn--…``).
    """
    if address.startswith("//"):
        address = f"https:{address}"
    if "\\" in address or not address.lower().startswith(("http://", "https://")):
        return None
    authority = address.split("/", 3)[2]
    if authority != "".join(
        character if character.isascii() else character.lower() for character in authority
    ):
        return None  # an international name in capitals: browsers and libraries map some to different letters
    try:
        host = parse_url(address).host
    except LocationParseError:
        return None
    return host.lower().removesuffix(".") if host else None
