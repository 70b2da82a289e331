"""The form of a draft, made from the parts of its canvas, and what it becomes: changes by the paths of parts.

The form only reads what was typed. What is missing is said by the requirements, so nothing here is required; a value
that cannot be read (a term that is no number) is an error of its own field, and all other parts are saved all the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ietvars.doors.furniture import part_names
from ietvars.ground.bodies import queries as bodies
from ietvars.institution.canvases import description as descriptions

BLANK_ROWS = 2
"""Empty rows behind the entries of a part, so that one can add without a script."""

MOST_ROWS = 60
LONGEST = 6000
TONGUES = ("lv", "en")

_ADDRESS = re.compile(r"https?://[^\s/]")


@dataclass(frozen=True)
class Control:
    """One control of a part with the words before it; none where the part has but one."""

    bound: BoundField
    label: str = ""

    @property
    def is_box(self) -> bool:
        """Whether the label stands behind it."""
        return isinstance(self.bound.field.widget, forms.CheckboxInput)

    @property
    def is_set(self) -> bool:
        """Whether it is a set of boxes."""
        return isinstance(self.bound.field.widget, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class Drawn:
    """A part on the page: its controls, or its rows of controls, and the errors of what was typed."""

    path: str
    controls: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    errors: tuple[str, ...] = field(default=())

    @property
    def is_set(self) -> bool:
        """Whether the controls need a fieldset of their own."""
        return bool(self.rows) or len(self.controls) != 1 or self.controls[0].is_set


def slug(path: str) -> str:
    """The path as the names of controls carry it."""
    return path.replace(".", "-")


class DraftForm(forms.Form):
    """All parts of a description as controls."""

    def __init__(
        self,
        description: Mapping[str, Any],
        reader: part_names.Reader,
        *,
        paths: Sequence[str] = descriptions.PARTS,
        data: MultiValueDict[str, str] | None = None,
    ) -> None:
        super().__init__(data=data, auto_id="id_%s")
        self.before = description
        self.paths = tuple(paths)
        self._reader = reader
        self._sent = data
        for path in self.paths:
            for name, control in self._controls(path):
                control.widget.attrs.setdefault("aria-describedby", f"{part_names.anchor(path)}-w")
                self.fields[name] = control

    # Making the controls

    def _controls(self, path: str) -> Iterator[tuple[str, forms.Field]]:
        name, value = slug(path), self.before.get(path)
        if path in descriptions.TEXT_PARTS or path.endswith(".text"):
            for tongue in TONGUES:
                yield f"{name}-{tongue}", _text((value or {}).get(tongue, ""), rows=1 if path == "title" else 3)
        elif path in descriptions.LIST_PARTS:
            for tongue in TONGUES:
                yield f"{name}-{tongue}", _text("\n".join((value or {}).get(tongue, ())), rows=4)
        elif path in descriptions.CODE_PARTS or path.endswith(".channels"):
            yield name, _boxes(self._reader.choices(path), value or [])
        elif path in ("kind", "area"):
            choices = [("", _("Choose")), *self._reader.choices(path)]
            if value and value not in {code for code, _says in choices}:
                choices.append((value, value))
            yield (
                name,
                forms.ChoiceField(
                    choices=choices, required=False, initial=value, widget=forms.Select(attrs={"class": "ds-input"})
                ),
            )
        elif path == "term":
            yield f"{name}-days", _text("" if (value or {}).get("days") is None else str(value["days"]), rows=1)  # type: ignore[index]
            yield f"{name}-immediate", forms.BooleanField(required=False, initial=bool((value or {}).get("immediate")))
        elif path.endswith(".providers"):
            yield name, _text(", ".join(value or ()), rows=1, attributes={"list": "iestades"})
        elif path in descriptions.ENTRY_PARTS:
            yield from self._entry_controls(path, value or [])
        else:
            yield name, _text(value or "", rows=1, attributes={"inputmode": "url"})

    def _entry_controls(self, path: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, forms.Field]]:
        for turn in range(self._rows(path, len(entries))):
            entry = entries[turn] if turn < len(entries) else {}
            name = f"{slug(path)}-{turn}"
            yield (
                f"{name}-was",
                forms.CharField(required=False, widget=forms.HiddenInput, initial=str(turn) if entry else ""),
            )
            texts = entry.get("text" if path == "fees" else "title") or {}
            for tongue in TONGUES:
                yield f"{name}-{tongue}", _text(texts.get(tongue, ""), rows=1)
            if path == "fees":
                stages = [(code, str(says)) for code, says in part_names.STAGES.items()]
                yield (
                    f"{name}-stage",
                    forms.ChoiceField(
                        choices=stages,
                        required=False,
                        initial=entry.get("stage", "request"),
                        widget=forms.Select(attrs={"class": "ds-input"}),
                    ),
                )
                amount = entry.get("amount")
                yield f"{name}-amount", _text("" if amount is None else str(amount), rows=1)
            elif path == "evidence":
                yield f"{name}-held_by", _text(entry.get("held_by", ""), rows=1, attributes={"list": "iestades"})
            elif path == "legal_acts":
                yield f"{name}-url", _text(entry.get("url", ""), rows=1, attributes={"inputmode": "url"})

    def _rows(self, path: str, known: int) -> int:
        sent = [
            int(found[1])
            for key in self._sent or ()
            if (found := re.fullmatch(rf"{re.escape(slug(path))}-(\d{{1,3}})-lv", key))
        ]
        return min(MOST_ROWS, max([known + BLANK_ROWS, *(number + 1 for number in sent)]))

    # Reading what was typed

    def changes(self) -> dict[str, Any]:
        """Path of each part that now says something else to what it says; parts with an error are left out.

        A part whose controls came back as they were drawn stays as it is, even where the form could not have said it.
        """
        self.is_valid()
        touched = self._touched()
        found: dict[str, Any] = {}
        for path in self.paths:
            names = self._names(path)
            if not touched.intersection(names):
                for name in names:
                    self.errors.pop(name, None)
                continue
            try:
                value = self._value(path)
            except _Unreadable as fault:
                self.add_error(fault.name, fault.says)
                continue
            has_fault = any(name in self.errors for name in names)
            if not has_fault and not descriptions.same(value, self.before.get(path)):
                found[path] = value
        return found

    def _touched(self) -> set[str]:
        """Names of the controls that came back otherwise than they were drawn; a browser ends lines in its own way."""
        return {
            name
            for name in self.changed_data
            if not isinstance(self.fields[name], forms.CharField)
            or _lines(self[name].data) != _lines(self.fields[name].initial)
        }

    def _names(self, path: str) -> list[str]:
        name = slug(path)
        return [key for key in self.fields if key == name or _belongs(key, name)]

    def _value(self, path: str) -> Any:
        name = slug(path)
        if path in descriptions.TEXT_PARTS or path.endswith(".text"):
            return self._texts(path)
        if path in descriptions.LIST_PARTS:
            typed = {tongue: self._typed(f"{name}-{tongue}").splitlines() for tongue in TONGUES}
            said = {tongue: [line.strip() for line in lines if line.strip()] for tongue, lines in typed.items()}
            return {**_other_tongues(self.before.get(path)), **{tongue: many for tongue, many in said.items() if many}}
        if path in descriptions.CODE_PARTS or path.endswith(".channels"):
            return list(self.cleaned_data.get(name) or ())
        if path == "term":
            return self._term(name)
        if path.endswith(".providers"):
            return self._providers(name)
        if path in descriptions.ENTRY_PARTS:
            drawn = [entry for turn in range(MOST_ROWS) if (entry := self._entry(path, turn))]
            return [*drawn, *(self.before.get(path) or ())[MOST_ROWS:]]
        address = self._typed(name)
        if path.endswith(".url") and address and not _ADDRESS.match(address):
            raise _Unreadable(name, _no_address() % {"typed": address[:60]})
        return address

    def _typed(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "").strip()

    def _texts(self, path: str) -> dict[str, str]:
        kept = _other_tongues(self.before.get(path))
        typed = {tongue: self._typed(f"{slug(path)}-{tongue}").replace("\r\n", "\n") for tongue in TONGUES}
        return {**{tongue: text for tongue, text in typed.items() if text}, **kept}

    def _term(self, name: str) -> dict[str, Any]:
        typed = self._typed(f"{name}-days")
        if self.cleaned_data.get(f"{name}-immediate"):
            return {"immediate": True, "days": None}
        if not typed:
            return {}
        if not typed.isascii() or not typed.isdigit() or int(typed) > 1000:
            says = _("It must be a whole number, for example 10. You wrote “%(typed)s”.") % {"typed": typed[:40]}
            raise _Unreadable(f"{name}-days", says)
        return {"immediate": False, "days": int(typed)}

    def _providers(self, name: str) -> list[str]:
        codes = [code.strip() for code in self._typed(name).split(",") if code.strip()]
        for code in codes:
            if bodies.by_code(code) is None:
                raise _Unreadable(name, _("There is no institution with the code “%(code)s”.") % {"code": code[:60]})
        return codes

    def _entry(self, path: str, turn: int) -> dict[str, Any]:
        name = f"{slug(path)}-{turn}"
        if f"{name}-lv" not in self.fields:
            return {}
        texts = {tongue: text for tongue in TONGUES if (text := self._typed(f"{name}-{tongue}"))}
        before = list(self.before.get(path) or ())
        was = self._typed(f"{name}-was")
        is_known = was.isascii() and was.isdigit() and int(was) < len(before)
        entry: dict[str, Any] = dict(before[int(was)]) if is_known else {}
        said = dict(entry.get("text" if path == "fees" else "title") or {})
        texts |= _other_tongues(said) if texts or not any(said.get(tongue) for tongue in TONGUES) else {}
        if path == "fees":
            amount = self._amount(f"{name}-amount")
            if not texts and amount is None:
                return {}
            return {
                "stage": self._typed(f"{name}-stage") or "request",
                "amount": amount,
                "currency": entry.get("currency", "EUR"),
                "text": texts,
            }
        if not texts:
            # An entry that never had a text, only a code, is kept; one whose text was emptied is taken out.
            return {} if any(said.get(tongue) for tongue in TONGUES) else entry
        entry["title"] = texts
        if path == "evidence":
            entry = _with(entry, "held_by", self._typed(f"{name}-held_by"))
        if path == "legal_acts":
            url = self._typed(f"{name}-url")
            if url and not _ADDRESS.match(url):
                raise _Unreadable(f"{name}-url", _no_address() % {"typed": url[:60]})
            return _with(entry, "url", url)
        return _with(entry, "code", str(entry.get("code") or slugify(texts.get("lv", ""))[:60]))

    def _amount(self, name: str) -> str | None:
        typed = self._typed(name)
        if not typed:
            return None
        try:
            amount = Decimal(typed.replace(",", ".").replace("€", "").replace(" ", ""))
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount < 10**9 or amount.normalize().as_tuple().exponent < -2:  # type: ignore[operator]
            says = _("It must be an amount in euros, for example 12.50. You wrote “%(typed)s”.") % {"typed": typed[:40]}
            raise _Unreadable(name, says)
        return str(amount.quantize(Decimal("0.01")))

    # Drawing

    def drawn(self, path: str) -> Drawn:
        """The controls of a part, in rows where it has entries."""
        errors = tuple(str(error) for name in self._names(path) for error in self.errors.get(name, ()))
        name = slug(path)
        if path not in descriptions.ENTRY_PARTS:
            names = self._names(path)
            words = {f"{name}-lv": _("In Latvian"), f"{name}-en": _("In English")}
            words |= {f"{name}-days": _("Working days"), f"{name}-immediate": _("At once")}
            return Drawn(path, tuple(Control(self[one], words.get(one, "")) for one in names), errors=errors)
        words = {
            "lv": _("In Latvian"),
            "en": _("In English"),
            "held_by": _("Register that already holds it (code of the institution)"),
            "url": _("Address"),
            "stage": _("When"),
            "amount": _("Amount, €"),
        }
        rows: list[tuple[Control, ...]] = []
        for turn in range(MOST_ROWS):
            found = [key for key in self.fields if key.startswith(f"{name}-{turn}-")]
            if found:
                rows.append(tuple(Control(self[key], words.get(key.rsplit("-", 1)[1], "")) for key in found))
        return Drawn(path, rows=tuple(rows), errors=errors)


class _Unreadable(Exception):
    """What was typed into a control cannot be read; says how it should be."""

    def __init__(self, name: str, says: str) -> None:
        self.name, self.says = name, says
        super().__init__(says)


def _no_address() -> str:
    return _("An address begins with https:// – you wrote “%(typed)s”.")


def _belongs(key: str, name: str) -> bool:
    """Whether a control belongs to a part: the rest of its name is a tongue, a row or a piece, and no other part."""
    rest = key[len(name) + 1 :] if key.startswith(f"{name}-") else ""
    return rest in (*TONGUES, "days", "immediate") or bool(re.fullmatch(r"\d+-\w+", rest))


def _lines(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n")


def _other_tongues(said: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is said in languages that the form does not show."""
    return {tongue: text for tongue, text in (said or {}).items() if tongue not in TONGUES}


def _with(entry: dict[str, Any], key: str, value: str) -> dict[str, Any]:
    """The entry with a text under a key; without the key where there is no text."""
    kept = {name: said for name, said in entry.items() if name != key}
    return {**kept, key: value} if value else kept


def _text(value: str, *, rows: int, attributes: Mapping[str, str] | None = None) -> forms.CharField:
    given = {"class": "ds-input", **(attributes or {})}
    widget = forms.TextInput(attrs=given) if rows == 1 else forms.Textarea(attrs={**given, "rows": rows})
    return forms.CharField(required=False, initial=value, max_length=LONGEST, strip=False, widget=widget)


def _boxes(choices: Sequence[tuple[str, str]], value: Sequence[str]) -> forms.MultipleChoiceField:
    known = {code for code, _says in choices}
    more = [(code, code) for code in value if code not in known]
    return forms.MultipleChoiceField(
        choices=[*choices, *more], required=False, initial=list(value), widget=forms.CheckboxSelectMultiple
    )
