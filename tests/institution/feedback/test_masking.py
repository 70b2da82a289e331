"""What must never be written down is taken out of a comment, and what people speak of stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ietvars.institution.feedback import masking

CODE, TELEPHONE, ADDRESS, ACCOUNT = "[personas kods]", "[tālrunis]", "[e-pasts]", "[konts]"

# What was written | what is kept. Codes and numbers are invented; none belongs to anybody.
TAKEN_OUT = f"""
    Mans kods ir 010180-12345, lūdzu atbildiet | Mans kods ir {CODE}, lūdzu atbildiet
    p.k. 320101-12345                          | p.k. {CODE}
    010180–12345                               | {CODE}
    010180 - 12345                             | {CODE}
    010180—12345                               | {CODE}
    01018012345                                | {CODE}
    32010112345                                | {CODE}
    010180 12345                               | {CODE}
    010180,12345                               | {CODE}
    0 1 0 1 8 0 - 1 2 3 4 5                    | {CODE}
    01.01.80-12345                             | {CODE}
    999999-12345                               | {CODE}
    32 01 01 12345                             | {CODE}
    ０１０１８０-１２３４５                        | {CODE}
    kodi 010180-12345 un 320101-54321.         | kodi {CODE} un {CODE}.
    (010180-12345)                             | ({CODE})
    PK010180-12345                             | PK{CODE}
    zvaniet 29123456                           | zvaniet {TELEPHONE}
    29 123 456                                 | {TELEPHONE}
    +371 29123456                              | {TELEPHONE}
    +37129123456                               | {TELEPHONE}
    (+371) 29123456                            | {TELEPHONE}
    00371 67 12 34 56                          | {TELEPHONE}
    371-6712-3456                              | {TELEPHONE}
    6712 3456 vai 29123456                     | {TELEPHONE} vai {TELEPHONE}
    tālr. 123456                               | tālr. {TELEPHONE}
    +49 30 1234567                             | {TELEPHONE}
    +44 (0)20 7946 0000                        | {TELEPHONE}
    rakstiet anna.berzina@piemers.lv           | rakstiet {ADDRESS}
    anna (at) piemers.lv                       | {ADDRESS}
    anna[at]piemers . lv                       | {ADDRESS}
    ANNA+x@PIEMERS.CO.UK, paldies              | {ADDRESS}, paldies
    anna＠piemers.lv                            | {ADDRESS}
    āda@pļava.lv                               | {ADDRESS}
    konts LV80BANK0000435195001                | konts {ACCOUNT}
    LV80 BANK 0000 4351 9500 1                 | {ACCOUNT}
    010180-12345 29123456 anna@piemers.lv      | {CODE} {TELEPHONE} {ADDRESS}
    29123456 67123456                          | {TELEPHONE} {TELEPHONE}
"""

STAYS = """
    Gaidīju no 2026-11-23 līdz 24.12.2026. un neko nesaņēmu
    Pabalsts 2025-2026 ir 421,17 eiro
    No 01.02.2026 plkst. 14.20 lapa nestrādāja
    23.11.2026 18 cilvēki gaidīja
    Likums 399, 2.3. punkts; LV-1050
    Rindā 120 cilvēki, 3. kabinets, 15 minūtes
    Reģistrācijas numurs 40003032949
    100 000 eiro un 22 darbdienas
    Pieteikums Nr. 12345 un 1234567
    Kods P-12345 nestrādā
    Lapā ir 5 kļūdas @ sākumā
"""


def rows(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("line", rows(TAKEN_OUT))
def test_what_tells_who_somebody_is_gets_taken_out(line: str) -> None:
    written, kept = (part.strip() for part in line.split("|"))
    assert masking.mask(written).text == kept


@pytest.mark.parametrize("line", rows(STAYS))
def test_days_sums_and_numbers_of_acts_stay(line: str) -> None:
    assert masking.mask(line).text == line


def test_each_kind_is_counted() -> None:
    found = masking.mask("010180-12345, 320101-12345, 29123456, a@b.lv").found
    assert found == {"personal-code": 2, "telephone": 1, "e-mail": 1}


def test_the_word_in_its_place_is_in_the_language_of_the_writer() -> None:
    assert masking.mask("010180-12345", "en").text == "[personal code]"


def test_masking_twice_changes_nothing() -> None:
    once = masking.mask("tālr. 29123456, 010180-12345, a@b.lv, LV80BANK0000435195001").text
    assert masking.mask(once) == masking.Masked(once, {})


DIGITS = st.text("0123456789", min_size=4, max_size=4)


@given(
    st.integers(1, 31), st.integers(1, 12), DIGITS, st.sampled_from(["-", "–", " - ", "", " ", "—"]), DIGITS,
    st.text("abcč .,!?\n", max_size=20), st.text("abcč .,!?\n", max_size=20),
)  # fmt: skip
def test_no_personal_code_survives_whatever_stands_around_it(
    day: int, month: int, rest: str, dash: str, end: str, before: str, after: str
) -> None:
    first, last = f"{day:02d}{month:02d}{rest[:2]}", f"{rest[2]}{end}"
    kept = masking.mask(f"{before}{first}{dash}{last}{after}").text
    assert first not in kept
    assert last not in kept


@given(
    st.sampled_from("2689"),
    st.text("0123456789", min_size=7, max_size=7),
    st.sampled_from(["", "+371", "371 ", "00371 "]),
)
def test_no_telephone_number_survives(first: str, rest: str, before: str) -> None:
    assert rest not in masking.mask(f"zvanīt {before}{first}{rest} vakarā").text


@given(st.text(max_size=300))
def test_any_text_is_masked_without_a_fault(text: str) -> None:
    once = masking.mask(text).text
    assert masking.mask(once).found == {}
