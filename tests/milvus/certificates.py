"""Certificates of two authorities, for servers with TLS."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificates:
    """Files in a folder: ``authority.pem``, and the certificates of two servers that it signed.

    ``server`` is for 127.0.0.1, ``elsewhere`` for another host. ``other.pem`` is another authority.
    """

    folder: Path

    @property
    def authority(self) -> Path:
        """The certificate of the authority."""
        return self.folder / "authority.pem"

    def of(self, server: str) -> tuple[bytes, bytes]:
        """Return key and certificate of a server."""
        return (self.folder / f"{server}.key").read_bytes(), (self.folder / f"{server}.pem").read_bytes()

    @classmethod
    def make(cls, folder: Path) -> "Certificates":
        """Write all files."""
        keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in _NAMES}
        for name, signer in _NAMES.items():
            builder = (
                x509.CertificateBuilder()
                .subject_name(_name(name))
                .issuer_name(_name(signer))
                .public_key(keys[name].public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(datetime.now(UTC) - timedelta(days=1))
                .not_valid_after(datetime.now(UTC) + timedelta(days=1))
                .add_extension(x509.BasicConstraints(ca=name == signer, path_length=None), critical=True)
            )
            if name != signer:
                host = x509.DNSName("elsewhere.example")
                names = [x509.IPAddress(IPv4Address("127.0.0.1"))] if name == "server" else [host]
                builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            certificate = builder.sign(keys[signer], hashes.SHA256())
            (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
            (folder / f"{name}.key").write_bytes(
                keys[name].private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        return cls(folder)


_NAMES = {"authority": "authority", "other": "other", "server": "authority", "elsewhere": "authority"}
"""Who signs whom."""


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
