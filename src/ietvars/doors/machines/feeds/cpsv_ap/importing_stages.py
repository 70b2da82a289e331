"""Reads how a service goes: its stages, by which channels they are reached, and who provides them.

A catalogue without our stages has its channels at the request, and whoever provides it gives all of it.
"""

import pyoxigraph as ox

from ietvars.doors.machines.feeds.cpsv_ap import vocabulary as v
from ietvars.doors.machines.feeds.cpsv_ap.importing_graph import Node, Term
from ietvars.doors.machines.feeds.cpsv_ap.importing_taking import MOST_URL, OURS, WEB, Taking, Texts
from ietvars.doors.machines.feeds.cpsv_ap.importing_words import ending
from ietvars.institution.canvases.description import STAGES, StageFacts


class Stages(Taking):
    """The stages of one service."""

    def _stages(self) -> dict[str, StageFacts]:
        texts: dict[str, Texts] = {}
        urls: dict[str, str] = {}
        stage_of: dict[Term, str] = {}
        for part in self.graph.take(self.node, v.HAS_STAGE):
            if isinstance(part, ox.Literal):
                continue
            name = next((self.words.term("stages", one) for one in self.graph.take(part, v.STAGE)), "")
            if name in STAGES:
                stage_of[part] = name
                texts[name] = self.texts(part, v.DESCRIPTION)
                urls[name] = self._url(part, v.URL)
            self._own(part, "ietv:Stage")
        channels, addresses = self._channels(stage_of)
        providers = self._providers(stage_of)
        if self.names.is_ours(self.node):
            told = tuple(name for name in STAGES if name in stage_of.values())
        else:
            # The law knows three stages, wherever anything at all is said of how it goes.
            told = STAGES if channels or providers or stage_of else ()
        return {
            name: StageFacts(
                text=texts.get(name, {}),
                url=urls.get(name) or ("" if stage_of else addresses.get(name, "")),
                channels=tuple(dict.fromkeys(channels.get(name, ()))),
                providers=tuple(dict.fromkeys(providers.get(name, ()))),
            )
            for name in told
        }

    def _channels(self, stage_of: dict[Term, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
        found: dict[str, list[str]] = {}
        addresses: dict[str, str] = {}
        for part in self._ordered(v.CHANNEL):
            stage = next((stage_of[one] for one in self.graph.values(part, v.AT_STAGE) if one in stage_of), "request")
            if part not in self.reader.ways:
                self.reader.ways[part] = self._way(part)
            code, address = self.reader.ways[part]
            if not code:
                self.fault("unknown-channel", part.value)
                continue
            found.setdefault(stage, []).append(code)
            if address and code in ("online", "app"):
                addresses.setdefault(stage, address)
        return found, addresses

    def _way(self, part: Node) -> tuple[str, str]:
        """Which channel it is, and where it is reached."""
        kinds = self.graph.values(part, v.TYPE)
        # An own word in the address says more than a type that many channels share.
        said = self.words.term("channels", ox.Literal(part.value.rpartition("#")[2])) if "#" in part.value else ""
        typed = next((code for value in kinds if (code := self.words.term("channels", value))), "")
        code = typed or said or self.words.term("channels", part)
        is_page = WEB.match(part.value) and code and not OURS.search(part.value)
        address = self._url(part, v.CHANNEL_URL) or (part.value if is_page else "")
        if code:
            self.graph.keep_if(part, v.TYPE, lambda value: self.words.term("channels", value) == code)
            if self.graph.values(part, v.AT_STAGE):
                # The providers of the stage say so too.
                self.graph.take(part, v.OWNED_BY)
            self._own(part, "cv:Channel", v.IDENTIFIER, v.AT_STAGE, v.ORDER)
        return code, address[:MOST_URL] if len(address) <= MOST_URL else ""

    def _providers(self, stage_of: dict[Term, str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}

        def understood(value: Term) -> bool:
            roles = {ending(role.value).casefold() for role in self.graph.values(value, v.ROLE)}
            if not any("provider" in role for role in roles) or isinstance(value, ox.Literal):
                return False
            bodies = self.graph.values(value, v.PARTICIPANT)
            codes = [code for one in bodies if (code := self.names.body(one))]
            if not codes:
                return False
            for one in bodies:
                if not self.names.is_described(one):
                    self.fault("unknown-body", one.value)
            stage = next((stage_of[one] for one in self.graph.values(value, v.AT_STAGE) if one in stage_of), "")
            # Who is said to provide, without a stage, gives the whole service.
            for name in [stage] if stage else STAGES:
                found.setdefault(name, []).extend(codes)
            self._own(
                value, "cv:Participation", v.IDENTIFIER, v.DESCRIPTION, v.ROLE, v.PARTICIPANT, v.AT_STAGE, v.ORDER
            )
            return True

        parts = sorted(self.graph.take(self.node, v.PARTICIPATION), key=self._place)
        self.graph.give_back(self.node, v.PARTICIPATION, [part for part in parts if not understood(part)])
        return found
