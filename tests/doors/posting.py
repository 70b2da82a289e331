"""Sends a form back as a browser would: what a page draws becomes what is posted."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from django.utils.datastructures import MultiValueDict


def sent_back(page: bytes | str, form: str = "form") -> MultiValueDict[str, str]:
    """The fields of the form that `form` selects, as they would be posted untouched. Buttons are left out."""
    found = BeautifulSoup(page, "html.parser").select_one(form)
    assert found is not None, form
    data: MultiValueDict[str, str] = MultiValueDict()
    for field in found.select("input, textarea, select"):
        name, kind = str(field.get("name") or ""), str(field.get("type") or "text")
        if (
            not name
            or name == "csrfmiddlewaretoken"
            or (kind in ("checkbox", "radio") and not field.has_attr("checked"))
        ):
            continue
        data.appendlist(name, _value(field))
    return data


def _value(field: Tag) -> str:
    if field.name == "textarea":
        # A browser drops the first line end and ends every line in its own way.
        return field.get_text().removeprefix("\r").removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return str(chosen["value"]) if chosen is not None else ""
    return str(field.get("value", "on" if field.get("type") == "checkbox" else ""))
