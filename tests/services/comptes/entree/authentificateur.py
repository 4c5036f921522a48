"""An authenticator in software: makes keys and signs as a device does, and lies as nobody's device would."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def written(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftKey:
    """One key of one device. What is given to `make` and `sign` beside what was asked is how the answer lies."""

    origine: str
    numero: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    prive: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    compteur: int = 0

    def make(self, asked: dict[str, Any], **lies: Any) -> str:
        """What a browser hands back of a new key."""
        point = self.prive.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        told = bytes(16) + len(self.numero).to_bytes(2, "big") + self.numero + cbor2.dumps(cose)
        data = (
            self._data(lies.get("domaine", asked["rp"]["id"]), ATTESTED | lies.get("marques", PRESENT | VERIFIED))
            + told
        )
        kept = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client(lies.get("genre", "webauthn.create"), asked, lies)
        return self._answer({"clientDataJSON": written(client), "attestationObject": written(kept)})

    def sign(self, asked: dict[str, Any], **lies: Any) -> str:
        """What a browser hands back of a key it holds."""
        self.compteur += lies.get("pas", 1)
        data = self._data(lies.get("domaine", asked["rpId"]), lies.get("marques", PRESENT | VERIFIED))
        client = self._client(lies.get("genre", "webauthn.get"), asked, lies)
        signed = lies.get("prive", self.prive).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {"clientDataJSON": written(client), "authenticatorData": written(data), "signature": written(signed)}
        return self._answer({**said, "userHandle": lies.get("compte")})

    def _data(self, domaine: str, marks: int) -> bytes:
        return hashlib.sha256(domaine.encode()).digest() + bytes([marks]) + self.compteur.to_bytes(4, "big")

    def _client(self, genre: str, asked: dict[str, Any], lies: dict[str, Any]) -> bytes:
        said = {
            "type": genre,
            "challenge": lies.get("defi", asked["challenge"]),
            "origin": lies.get("origine", self.origine),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        named = written(self.numero)
        told = {"id": named, "rawId": named, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps({**told, "response": response})
