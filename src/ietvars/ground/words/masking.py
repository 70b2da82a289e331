"""What may be kept of a text that a visitor typed: nothing that could name a person. Pure; it never imports Django."""

import re

MASK = "…"
LONGEST_KEPT = 80
"""Characters of a question that are kept; whoever tells a story tells too much of himself."""

_ADDRESS = re.compile(r"\S*@\S*|\b(?:https?://|www\.)\S+", re.IGNORECASE)
# An account number, whole or in groups of four: LV80 BANK 0000 4351 9500 1.
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
# A personal code or a telephone number, also when it is written in groups: 010190-12345, +371 29 123 456.
_NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-–/]{0,2}\d){5,}")
# What is left of such a thing: five digits and more in one word, e.g. of an account number with letters in it.
_MANY_DIGITS = re.compile(r"\S*\d{5,}\S*|\S*(?:\d\D?){6,}\S*")


def without_personal(text: str) -> str:
    """The text in lower case with addresses and long numbers masked, and cut; empty when nothing telling is left."""
    kept = _ACCOUNT.sub(MASK, _ADDRESS.sub(MASK, " ".join(text.split())))
    kept = _MANY_DIGITS.sub(MASK, _NUMBER.sub(MASK, kept))
    kept = " ".join(dict.fromkeys(kept.casefold().split()))
    if len(kept) > LONGEST_KEPT:
        kept = kept[:LONGEST_KEPT].rpartition(" ")[0]
    return kept if any(sign.isalpha() for sign in kept) else ""
