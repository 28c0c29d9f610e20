"""Encryption of what must not lie about in a database: credentials of answers, tokens of workspaces."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from bot.domain.errors import StorageError

log = structlog.get_logger(__name__)

_FILE: Final = "secret.key"


class Vault:
    """Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from the installation's secret."""

    def __init__(self, secret: SecretStr) -> None:
        self._secret = secret.get_secret_value().encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derived("at rest")))

    @classmethod
    async def open(cls, secret: SecretStr | None, data_dir: Path) -> "Vault":
        """With the given secret, else with one that is made once and kept beside the data, readable by its owner.

        Raises:
            StorageError: there is none that can be read, and none can be made.
        """
        if secret is not None:
            return cls(secret)
        try:
            return cls(SecretStr(await asyncio.to_thread(_own_secret, data_dir / _FILE)))
        except OSError as error:
            raise StorageError(f"{data_dir / _FILE}: {error.strerror}", retryable=False) from None

    @property
    def identity_key(self) -> SecretStr:
        """Key of the hashes that stand for people."""
        return SecretStr(self._derived("identities").hex())

    @property
    def audit_key(self) -> SecretStr:
        """Key of the audit trail's chains."""
        return SecretStr(self._derived("audit").hex())

    def seal(self, value: Mapping[str, Any]) -> str:
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def unseal(self, sealed: str) -> dict[str, Any]:
        """Raises StorageError when it was sealed under another secret."""
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            raise StorageError("sealed under another SECRET_KEY", retryable=False) from None
        return opened

    def readable(self, sealed: str) -> dict[str, Any] | None:
        """As `unseal`; None for "", and where it cannot be opened: whoever lost the secret goes on without."""
        try:
            return self.unseal(sealed) if sealed else None
        except StorageError as fault:
            log.warning("sealed_unreadable", problem=fault.problem)
            return None

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self._secret, f"imagine-bot {purpose}".encode(), hashlib.sha256).digest()


def _own_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(32)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _written(file)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(fresh)
    return fresh


def _written(file: Path) -> str:
    """The secret in the file; another process that is just making it gets a moment to finish."""
    for _ in range(50):
        if text := file.read_text().strip():
            return text
        time.sleep(0.02)
    raise StorageError(f"{_FILE} is empty: remove it, or set SECRET_KEY", retryable=False)
