"""TLS certificate of the local region (loopback only), and the certificate authority that its clients trust."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class CertificateFiles:
    """PEM files of one run of the region."""

    authority: Path
    """Certificate of the authority, which clients trust."""
    certificate: Path
    """Server certificate of the region."""
    key: Path
    """Private key of the server certificate."""


def write_certificate(folder: Path) -> CertificateFiles:
    """Create a certificate for localhost, 127.0.0.1 and ::1, signed by a new certificate authority."""
    files = CertificateFiles(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")
    authority = trustme.CA(organization_name="Kinexus local region")
    issued = authority.issue_cert("localhost", "127.0.0.1", "::1")
    authority.cert_pem.write_to_path(files.authority)
    for part in issued.cert_chain_pems:
        part.write_to_path(files.certificate, append=True)
    issued.private_key_pem.write_to_path(files.key)
    return files
