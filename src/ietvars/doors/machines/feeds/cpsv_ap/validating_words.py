"""What is wrong, in a sentence for people: what, where, what to do; in Latvian and English. Decides nothing.

The sentences are kept in both languages at once, since a report is read later and by others than asked for it.
"""

import pyoxigraph as ox

from ietvars.doors.furniture import words
from ietvars.doors.machines.feeds.cpsv_ap import rules
from ietvars.doors.machines.feeds.cpsv_ap.rules import Constraint
from ietvars.doors.machines.feeds.cpsv_ap.validating import Fault, Term

LONGEST = 120
"""Letters of a value that a sentence repeats."""

Sentence = dict[str, str]


def of_fault(fault: Fault) -> Sentence:
    """What breaks the rule, and how to mend it."""
    rule = fault.rule
    name, called = rules.profile().called(rule.path), rules.short(rule.path)
    lv, en = f"„{name.lv}” ({called})", f"“{name.en}” ({called})"
    match rule.constraint:
        case Constraint.MIN:
            return {
                "lv": f"Trūkst īpašības {lv}. Norādiet vismaz vienu vērtību.",
                "en": f"The property {en} is missing. Give at least one value.",
            }
        case Constraint.MAX:
            return {
                "lv": f"Īpašībai {lv} drīkst būt tikai viena vērtība; šeit to skaits ir {fault.number}.",
                "en": f"The property {en} may have one value only; here it has {fault.number}.",
            }
        case Constraint.DATATYPE:
            return _datatype(fault, lv, en)
        case Constraint.CLASS:
            return _class(fault, lv, en)


def _datatype(fault: Fault, lv: str, en: str) -> Sentence:
    value = told(fault.value)
    begins = {
        "lv": f"Īpašības {lv} vērtība {value['lv']} neder: ",
        "en": f"The value {value['en']} of the property {en} does not fit: ",
    }
    is_literal = isinstance(fault.value, ox.Literal)
    wanted = {
        rules.DATATYPES[rules.TEXT]: {
            "lv": "tekstam nav norādīta valoda. Pievienojiet valodas atzīmi, piemēram, @lv."
            if is_literal
            else "vajadzīgs teksts ar valodas atzīmi, nevis saite.",
            "en": "the text does not say its language. Add a language tag, such as @lv."
            if is_literal
            else "a text with a language tag is wanted, not a link.",
        },
        rules.DATATYPES[rules.DURATION]: {
            "lv": "vajadzīgs ilgums ar datu veidu xsd:duration, piemēram, P3D – trīs dienas.",
            "en": "a duration of the datatype xsd:duration is wanted, such as P3D for three days.",
        },
        rules.DATATYPES[rules.DOUBLE]: {
            "lv": "vajadzīgs skaitlis ar datu veidu xsd:double, piemēram, 15.0.",
            "en": "a number of the datatype xsd:double is wanted, such as 15.0.",
        },
    }[fault.rule.bound]
    return {language: begins[language] + wanted[language] for language in begins}


def _class(fault: Fault, lv: str, en: str) -> Sentence:
    value, bound = told(fault.value), rules.short(fault.rule.bound)
    name = rules.profile().called(fault.rule.bound)
    if isinstance(fault.value, ox.Literal):
        return {
            "lv": f"Īpašības {lv} vērtība {value['lv']} ir teksts. Norādiet saiti uz to, kas pieder klasei"
            f" „{name.lv}” ({bound}).",
            "en": f"The value {value['en']} of the property {en} is a text. Give a link to something"
            f" of the class “{name.en}” ({bound}).",
        }
    return {
        "lv": f"Īpašības {lv} vērtība {value['lv']} šajos datos nepieder klasei „{name.lv}” ({bound})."
        " Pievienojiet tai šo klasi.",
        "en": f"Nothing in these data says that the value {value['en']} of the property {en} is of the class"
        f" “{name.en}” ({bound}). Add that type to it.",
    }


def of_unknown_term(term: str, times: int, *, is_class: bool) -> Sentence:
    """A term that neither the profile nor a vocabulary we know has."""
    return {
        "lv": f"{'Klasi' if is_class else 'Īpašību'} <{term}> CPSV-AP nepazīst; lietojumu skaits: {times}."
        " Pārbaudiet, vai tā uzrakstīta pareizi.",
        "en": f"CPSV-AP does not know the {'class' if is_class else 'property'} <{term}>; number of uses: {times}."
        " Check its spelling.",
    }


def of_title_twice(path: str, language: str, times: int) -> Sentence:
    """Several titles in one language."""
    called = rules.short(path)
    return {
        "lv": f"Valodā „{language}” ir vairāki nosaukumi ({called}), to skaits ir {times}. Atstājiet vienu.",
        "en": f"There are {times} titles ({called}) in the language “{language}”. Keep one.",
    }


def of_blank_node(owner: str) -> Sentence:
    """Something that others should be able to point at has no address."""
    name = rules.profile().called(owner)
    return {
        "lv": f"Klases „{name.lv}” ({rules.short(owner)}) loceklim nav adreses (IRI), tāpēc uz to nevar norādīt.",
        "en": f"A member of the class “{name.en}” ({rules.short(owner)}) has no address (IRI): nobody can point at it.",
    }


def told(value: Term | None) -> Sentence:
    """A value as a sentence of each language names it."""
    if isinstance(value, ox.Literal):
        return {language: words.quoted(_cut(value.value), language) for language in ("lv", "en")}
    name = "–" if value is None else _cut(str(value))
    return {"lv": name, "en": name}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
