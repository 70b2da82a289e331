"""Reads what a service asks, gives and rests on: conditions, evidence, outputs, legal acts, fees."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Node
from ietvars.doors.machines.feeds.cpsv_ap.importing_taking import MOST_URL, OURS, WEB, Taking, Texts
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import ending
from ietvars.institution.canvases.description import STAGES, FeeFacts


class Things(Taking):
    """The things of one service."""

    def _eligibility(self) -> dict[str, list[str]]:
        rows: list[Texts] = []
        for part in self._ordered(v.HOLDS_REQUIREMENT):
            texts = self.texts(part, v.TITLE)
            if texts:
                rows.append(texts)
                self._own(part, "cv:Requirement", v.IDENTIFIER, v.ORDER)
        found: dict[str, list[str]] = {}
        for row in rows:
            for language, text in row.items():
                found.setdefault(language, []).append(text)
        return found

    def _parts(self, names: Iterable[v.Property], kind: str) -> list[dict[str, Any]]:
        found = []
        for name in names:
            for part in self._ordered(name):
                if part not in self.reader.entries:
                    self.reader.entries[part] = self._part(part, kind)
                found.append(self.reader.entries[part])
        return found

    def _part(self, part: Node, kind: str) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        title = self.texts(part, v.TITLE) or self.texts(part, v.DESCRIPTION)
        code = self.word(v.ENTRY_CODE, part)
        if not code and self.graph.values(part, v.ORDER):
            code = ""
        elif not code:
            code = self.words.term("outputs", part) if kind == "output" else ""
            for value in self.graph.values(part, v.TYPE) if kind == "output" else ():
                code = code or self.words.term("outputs", value)
        if code:
            entry["code"] = code[:120]
        entry["title"] = title or {self.spoken: ending(part.value)}
        for holder in self.graph.take(part, v.HELD_BY):
            entry["held_by"] = self.names.body(holder)
        if kind == "output":
            self.graph.keep_if(part, v.TYPE, lambda value: self.words.term("outputs", value) == code)
        self._own(part, "cv:EvidenceType", v.IDENTIFIER, v.ORDER, v.ENTRY_CODE)
        self.graph.forget_classes(part, v.iri("cv:Evidence"), v.iri("cv:Output"))
        return entry

    def _laws(self) -> list[dict[str, Any]]:
        found = []
        for part in self._ordered(v.LEGAL_RESOURCE):
            if part not in self.reader.entries:
                pages = [one.value for one in self.graph.take(part, v.PAGE)]
                url = next((one for one in (*pages, part.value) if WEB.match(one) and not OURS.search(one)), "")
                title = self.texts(part, v.TITLE) or self.texts(part, v.DESCRIPTION)
                entry: dict[str, Any] = {"title": title or ({} if pages else {self.spoken: url or ending(part.value)})}
                if url and len(url) <= MOST_URL:
                    entry["url"] = url
                self.reader.entries[part] = entry
                self._own(part, "eli:LegalResource", v.ORDER)
            found.append(self.reader.entries[part])
        return found

    def _fees(self) -> list[FeeFacts]:
        found = []
        for part in self._ordered(v.COST):
            text = self.texts(part, v.DESCRIPTION)
            amount = self._amount(part)
            currency = next((ending(one.value) for one in self.graph.take(part, v.CURRENCY)), "EUR")
            if amount is None and not text:
                self.fault("no-amount", ending(part.value))
                text = {self.spoken: ending(part.value)}
            stage = next((ending(one.value) for one in self.graph.take(part, v.AT_STAGE)), "request")
            found.append(
                FeeFacts(
                    stage=stage if stage in STAGES else "request",
                    amount=amount,
                    currency=currency.upper()[:3] if currency.isalpha() else "EUR",
                    text=text,
                )
            )
            self._own(part, "cv:Cost", v.IDENTIFIER, v.ORDER)
        return found

    def _amount(self, part: Node) -> Decimal | None:
        for value in self.graph.take(part, v.HAS_VALUE):
            try:
                amount = Decimal(value.value.strip()).quantize(Decimal("0.01"))
            except InvalidOperation:
                amount = Decimal(-1)
            if amount.is_finite() and 0 <= amount < Decimal(10) ** 10:
                return amount
            self.fault("bad-amount", value.value[:60])
            self.graph.give_back(part, v.HAS_VALUE, [value])
        return None
