"""Finds images in a draft from hosts from which the page shows no image yet; such a draft is refused.

Every reader's browser loads an image, so its host learns who reads the page and when. The model may have copied the
address from a ticket that anyone can write.
"""

from __future__ import annotations

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from common import storage_format as sf


def images_from_new_hosts(base: str, storage: str) -> tuple[str, ...]:
    """Return the addresses in ``storage`` whose host does not occur in ``base``; both are well-formed storage format.

    An address whose host cannot be read counts as new, unless the same address is in ``base``.
    """
    known = set(sf.external_addresses(base))
    hosts = {host for host in map(host_of, known) if host}
    added = dict.fromkeys(sf.external_addresses(storage))
    return tuple(address for address in added if address not in known and host_of(address) not in hosts)


def host_of(address: str) -> str | None:
    """Return the host of an address in ASCII and lower case; None if browsers and libraries may read it differently.

    The host of ``https://good.example@evil.example/`` is evil.example. The port is left out. An international name is
    returned in its ASCII form (``xn--…``).
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
