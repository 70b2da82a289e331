"""What may be attached as the document of an approval, judged by its content and never by its name. Pure, no Django.

PDF, and signed containers: ASiC-E and EDOC, which are the same kind of file under two endings. A container is looked
at, not unpacked: only its `mimetype`, which the standard keeps uncompressed, and the names of its members are read.
"""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass

from ietvars.institution.lists import errors

LARGEST = 10 * 1024 * 1024
"""Bytes; the setting IETVARS_DOCUMENT_BYTES gives another limit."""

LONGEST_NAME = 200
MOST_MEMBERS = 1000
# ETSI EN 319 162-1, 6.2.1: the container says what it is in its first member, stored without compression.
_MIMETYPES = {b"application/vnd.etsi.asic-e+zip"}
_PDF_BEGINS, _PDF_ENDS = b"%PDF-", b"%%EOF"
_TAIL = 2048

MEDIA = {
    "pdf": "application/pdf",
    "asice": "application/vnd.etsi.asic-e+zip",
    "edoc": "application/vnd.etsi.asic-e+zip",
}
"""Kind to the media type under which it is given out."""


@dataclass(frozen=True)
class Document:
    """A file that may be attached: its kind as found, its name made safe, and its hash."""

    name: str
    kind: str
    content: bytes
    sha256: str


def read(name: str, content: bytes, *, largest: int = LARGEST) -> Document:
    """The file as a document. Raises EmptyDocument, DocumentTooLarge, NotADocument."""
    if not content:
        raise errors.EmptyDocument
    require_size(len(content), largest)
    kind = _kind(content, name)
    if not kind:
        raise errors.NotADocument(name=_safe(name))
    return Document(_safe(name), kind, content, hashlib.sha256(content).hexdigest())


def require_size(size: int, largest: int = LARGEST) -> None:
    """Refuse a file before it is read. Raises DocumentTooLarge."""
    if size > largest:
        raise errors.DocumentTooLarge(size=_megabytes(size), largest=_megabytes(largest))


def _kind(content: bytes, name: str) -> str:
    if content.startswith(_PDF_BEGINS) and _PDF_ENDS in content[-_TAIL:]:
        return "pdf"
    if _is_container(content):
        return "edoc" if name.lower().endswith(".edoc") else "asice"
    return ""


def _is_container(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as found:
            members = found.infolist()
            if not 0 < len(members) <= MOST_MEMBERS:
                return False
            first = members[0]
            if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED or first.file_size > 100:
                return False
            said = found.read(first).strip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        return False
    signed = any(re.fullmatch(r"META-INF/[^/]*signature[^/]*\.xml", one.filename, re.IGNORECASE) for one in members)
    return said in _MIMETYPES and signed


def _safe(name: str) -> str:
    """The last part of the name without anything that a header or a file system could stumble over."""
    plain = re.split(r"[\\/]", name)[-1]
    return (
        re.sub(r"[\x00-\x1f\x7f\"<>|:*?\u202a-\u202e\u2066-\u2069]", "", plain).strip()[-LONGEST_NAME:] or "dokuments"
    )


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):.1f} MB"
