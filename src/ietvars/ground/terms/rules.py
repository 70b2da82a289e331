"""Pure decisions about texts in several languages. No Django, no tables."""

from collections.abc import Mapping

LANGUAGES = ("lv", "en")
"""Languages of the interface, the first one first."""


def pick(texts: Mapping[str, str] | None, language: str) -> str:
    """Return the text in `language`, else in the first language that has one, else an empty text."""
    if not texts:
        return ""
    for code in (language, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def faults(texts: object) -> tuple[str, ...]:
    """Say what keeps `texts` from being a language map (language code to text)."""
    if not isinstance(texts, dict):
        return ("a language map is an object of language codes and texts",)
    return tuple(
        f"{code!r}: a text is expected under a language code"
        for code, text in texts.items()
        if not (isinstance(code, str) and 2 <= len(code) <= 12 and isinstance(text, str))
    )


_LATVIAN_ORDER = "aābcčdeēfgģhiījkķlļmnņoōpqrŗsštuūvwxyzž"
_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(_LATVIAN_ORDER)}


def sort_key(text: str) -> str:
    """Return a key that sorts Latvian text in alphabet order with any byte-wise collation.

    SQLite has no Latvian collation, so the key is stored beside the text on both databases.
    """
    return "".join(_RANK.get(letter, f"!{letter}") for letter in text.lower())[:240]
