"""The e-mail address as it lies in the database: sealed with a key that follows from the installation's secret.

Whoever reads the table or a copy of it without the secret reads no address. It must not decide how long one is kept.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


def _lock() -> Fernet:
    key = salted_hmac("ietvars.feedback.address", "1", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(address: str) -> str:
    """The sealed form of an address; nothing of nothing."""
    return _lock().encrypt(address.encode()).decode("ascii") if address else ""


def unseal(sealed: str) -> str:
    """The address; nothing when there is none, or when the secret has changed since it was left."""
    try:
        return _lock().decrypt(sealed.encode("ascii")).decode() if sealed else ""
    except InvalidToken:
        return ""
