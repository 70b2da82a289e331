"""Turns one table of a state folder into an entry, a function for each sort of entry. It must not look at others."""

from dataclasses import replace
from datetime import date
from typing import Any

from ietvars.collaboration.situations.rules import SituationFacts, StepFacts
from ietvars.doors.machines.feeds.state import entries
from ietvars.doors.machines.feeds.state.tables import Table, Wrong
from ietvars.institution.services.rules import STAGES, FeeFacts, ServiceFacts, StageFacts

CHANGES = ("renamed", "merged", "split")
SERVICE_STATES = ("draft", "published", "retired")
DECISIONS = ("adopted", "rejected")
DRAFT_STATES = ("draft", "submitted")
LIST_STATES = ("draft", "submitted", "approved", "published")


def state(table: Table) -> entries.StateEntry:
    """What state.toml says."""
    return entries.StateEntry(place=table.place, name=table.texts("name"), as_of=table.day("as_of"))


def body(table: Table) -> entries.BodyEntry:
    """A body."""
    return entries.BodyEntry(
        place=table.place,
        code=table.text("code", needed=True),
        kind=table.text("kind", needed=True),
        name=table.texts("name", needed=True),
        short=table.texts("short"),
        parent=table.text("parent"),
        since=table.day("since"),
        registration_code=table.text("registration_code"),
        territory=table.text("territory"),
        is_invented=table.yes("invented"),
    )


def change(table: Table) -> entries.ChangeEntry:
    """What became of bodies on a day."""
    on = table.day("on", needed=True)
    assert on is not None
    made = entries.ChangeEntry(
        place=table.place,
        kind=table.one_of("kind", CHANGES),
        on=on,
        old=table.codes("from"),
        new=table.codes("to"),
        document=table.texts("document"),
    )
    table.ignore("invented", "illustrative")
    if not made.old or not made.new:
        raise Wrong("it needs “from” and “to”; name the bodies that ended and those that carry on")
    return made


def _facts(table: Table) -> ServiceFacts:
    is_immediate = table.one_of("term", ("immediate", "days"), otherwise="days") == "immediate"
    term_days = table.number("term_days")
    if is_immediate and term_days is not None:
        raise Wrong("it has both “term” and “term_days”; keep one")
    return ServiceFacts(
        title=table.texts("title", needed=True),
        summary=table.texts("summary"),
        kind=table.text("kind"),
        area=table.text("area"),
        audience=table.codes("audience"),
        life_events=table.codes("life_events"),
        languages=table.codes("languages"),
        keywords=table.word_lists("keywords"),
        receives=table.texts("receives"),
        eligibility=table.word_lists("eligibility"),
        evidence=_things(table, "evidence", "held_by"),
        outputs=_things(table, "outputs"),
        legal_acts=tuple(
            {"title": act.texts("title", needed=True), "url": act.text("url")} for act in table.many("legal_acts")
        ),
        is_immediate=is_immediate,
        term_days=term_days,
        apply_within=table.texts("apply_within"),
        appeal=table.texts("appeal"),
        reviewed_on=table.day("reviewed_on"),
        illustrative=table.codes("illustrative"),
        identifiers=tuple(
            (entry.text("scheme", needed=True), entry.text("value", needed=True)) for entry in table.many("identifiers")
        ),
        stages={name: _stage(table.inner(name)) for name in STAGES if table.has(name)},
        fees=tuple(_fee(entry) for entry in table.many("fee")),
    )


def _things(table: Table, key: str, *more: str) -> tuple[dict[str, Any], ...]:
    found = []
    for entry in table.many(key):
        thing: dict[str, Any] = {"code": entry.text("code", needed=True), "title": entry.texts("title", needed=True)}
        thing.update({name: value for name in more if (value := entry.text(name))})
        entry.done()
        found.append(thing)
    return tuple(found)


def _stage(table: Table) -> StageFacts:
    made = StageFacts(
        text=table.texts("text"),
        url=table.text("url"),
        channels=table.codes("channels"),
        providers=table.codes("providers"),
    )
    table.done()
    return made


def _fee(table: Table) -> FeeFacts:
    made = FeeFacts(
        stage=table.one_of("stage", STAGES, otherwise="request"),
        amount=table.money("amount"),
        currency=table.text("currency") or "EUR",
        text=table.texts("text"),
    )
    table.done()
    return made


def service(table: Table) -> entries.ServiceEntry:
    """A service."""
    code, holder = table.text("code", needed=True), table.text("holder", needed=True)
    state = table.one_of("state", SERVICE_STATES, otherwise="published")
    retired_on = table.day("retired_on")
    if (state == "retired") != (retired_on is not None):
        raise Wrong('a retired service has both state = "retired" and retired_on; give both or neither')
    table.ignore("invented")
    facts = _facts(table)
    return entries.ServiceEntry(
        place=table.place,
        code=code,
        holder=holder,
        facts=facts,
        former_holder=table.text("former_holder"),
        since=table.day("since"),
        retired_on=retired_on,
        is_draft=state == "draft",
        canvas=table.text("canvas"),
        canvas_number=table.number("canvas_number"),
    )


def template(table: Table) -> entries.ServiceEntry:
    """A common description that local services vary."""
    made = entries.ServiceEntry(
        place=table.place,
        code=table.text("code", needed=True),
        holder=table.text("holder"),
        facts=_facts(table),
        former_holder="",
        is_template=True,
        canvas=table.text("canvas"),
        canvas_number=table.number("canvas_number"),
    )
    table.ignore("invented")
    return made


def variant(table: Table, template: entries.ServiceEntry) -> entries.VariantEntry:
    """A row holds only what differs; what is joined to a list of the common description is joined here."""
    common = template.facts
    own: dict[str, Any] = {}
    for key in ("title", "receives", "apply_within", "summary"):
        if value := table.texts(key):
            own[key] = value
    if table.has("term_days"):
        own["term_days"] = table.number("term_days")
    if reviewed_on := table.day("reviewed_on"):
        own["reviewed_on"] = reviewed_on
    if more := table.word_lists("eligibility_add"):
        own["eligibility"] = {
            language: [*common.eligibility.get(language, ()), *more.get(language, ())]
            for language in (*common.eligibility, *(extra for extra in more if extra not in common.eligibility))
        }
    added, dropped = _things(table, "evidence_add", "held_by"), table.codes("evidence_drop")
    if added or dropped:
        own["evidence"] = (*(thing for thing in common.evidence if thing["code"] not in dropped), *added)
    if channels := table.codes("request_channels"):
        own["stages"] = {"request": replace(common.stages["request"], channels=channels)}
    if illustrative := table.codes("illustrative"):
        own["illustrative"] = tuple(dict.fromkeys((*common.illustrative, *illustrative)))
    is_offered, reason = table.yes("offered", otherwise=True), table.texts("reason")
    if is_offered == bool(reason):
        raise Wrong("offered = false and a “reason” belong together; give both or neither")
    return entries.VariantEntry(
        place=table.place,
        template=template.code,
        body=table.text("body", needed=True),
        own=own,
        is_offered=is_offered,
        reason=reason,
    )


def situation(table: Table) -> entries.SituationEntry:
    """A life situation with its steps."""
    return entries.SituationEntry(
        place=table.place,
        code=table.text("code", needed=True),
        facts=SituationFacts(
            title=table.texts("title", needed=True),
            summary=table.texts("summary"),
            keywords=table.word_lists("keywords"),
            steps=tuple(_step(step) for step in table.many("step")),
        ),
    )


def _step(table: Table) -> StepFacts:
    made = StepFacts(
        title=table.texts("title"),
        text=table.texts("text"),
        deadline=table.texts("deadline"),
        service=table.text("service"),
        turn_to=table.text("holder_hint"),
        illustrative=table.codes("illustrative"),
        is_beside_previous=table.yes("and_before"),
        is_optional=table.yes("optional"),
    )
    table.done()
    return made


def tie(table: Table) -> entries.TieEntry:
    """A tie."""
    return entries.TieEntry(
        place=table.place,
        kind=table.text("kind", needed=True),
        source=table.text("from", needed=True),
        target=table.text("to", needed=True),
        note=table.texts("note"),
    )


def person(table: Table) -> entries.PersonEntry:
    """A person with capacities."""
    return entries.PersonEntry(
        place=table.place,
        username=table.text("username", needed=True),
        name=table.texts("name", needed=True),
        capacities=tuple(
            (entry.text("role", needed=True), entry.text("body", needed=True)) for entry in table.many("capacities")
        ),
    )


def synonym(table: Table) -> entries.WordsEntry:
    """Words of one meaning."""
    language = next((name for name in ("lv", "en") if table.has(name)), "lv")
    return entries.WordsEntry(table.place, "synonym", language, _two(table.codes(language)))


def lemma(table: Table) -> entries.WordsEntry:
    """Forms of one word."""
    lemma = table.text("lemma", needed=True)
    return entries.WordsEntry(table.place, "lemma", "lv", _two((lemma, *table.codes("forms"))))


def _two(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(words) < 2:
        raise Wrong("a group needs two words or more; add one or take the group away")
    return words


def draft(table: Table) -> entries.DraftEntry:
    """What somebody is writing."""
    begun_on = table.day("begun_on", needed=True)
    assert begun_on is not None
    made = entries.DraftEntry(
        place=table.place,
        service=table.text("service"),
        code=table.text("code"),
        holder=table.text("holder"),
        title=table.texts("title"),
        canvas=table.text("canvas"),
        canvas_number=table.number("canvas_number"),
        author=table.text("author", needed=True),
        begun_on=begun_on,
        is_submitted=table.one_of("state", DRAFT_STATES, otherwise="draft") == "submitted",
        parts=table.values("parts"),
        comments=tuple(_comment(entry) for entry in table.many("comment")),
    )
    if bool(made.service) == bool(made.code and made.holder and made.title):
        raise Wrong("it needs either “service”, or “code”, “holder” and “title” of a new one")
    return made


def _comment(table: Table) -> entries.Comment:
    on = table.day("on", needed=True)
    assert on is not None
    made = entries.Comment(
        author=table.text("author", needed=True), on=on, part=table.text("part"), text=table.text("text", needed=True)
    )
    table.done()
    return made


def service_list(table: Table) -> entries.ListEntry:
    """A service list with its lines."""
    year = table.number("year", needed=True)
    assert year is not None
    lines = tuple(_line(line) for line in table.many("entry"))
    table.ignore("illustrative")
    return entries.ListEntry(
        place=table.place,
        body=table.text("body", needed=True),
        year=year,
        title=table.texts("title"),
        state=table.one_of("state", LIST_STATES, otherwise="published"),
        author=table.text("author", needed=True),
        approver=table.text("approver"),
        document_number=table.text("document_number"),
        document_date=table.day("document_date"),
        lines=lines,
    )


def _line(table: Table) -> entries.ListLine:
    line = entries.ListLine(service=table.text("service"), title=table.texts("title"))
    table.done()
    if not line.service and not line.title:
        raise Wrong("an entry of a list needs a “service” or a “title”")
    return line


def answer(table: Table) -> entries.AnswerEntry:
    """An answer to a criterion."""
    return entries.AnswerEntry(
        place=table.place,
        service=table.text("service", needed=True),
        criterion=table.text("criterion", needed=True),
        answer=table.yes("answer"),
        why=table.text("why", needed=True),
        by=table.text("by", needed=True),
        on=_day(table, "on"),
    )


def initiative(table: Table) -> entries.InitiativeEntry:
    """An initiative and how far it came."""
    decision = None
    if table.has("decision"):
        decision = entries.Decision(
            word=table.one_of("decision", DECISIONS),
            on=_day(table, "decided_on"),
            by=table.text("decided_by", needed=True),
            why=table.text("decision_why", needed=True),
        )
    made = entries.InitiativeEntry(
        place=table.place,
        kind=table.text("kind", needed=True),
        title=table.text("title", needed=True),
        reason=table.text("reason", needed=True),
        services=table.codes("services"),
        body=table.text("body", needed=True),
        owner=table.text("owner", needed=True),
        period=table.text("period", needed=True),
        finder=table.text("finder"),
        finding=table.text("finding"),
        indicator=table.text("indicator", needed=True),
        direction=table.text("direction", needed=True),
        target=table.quantity("target"),
        deadline=_day(table, "deadline"),
        check_period=table.text("check_period", needed=True),
        proposed_on=_day(table, "proposed_on"),
        proposed_by=table.text("proposed_by", needed=True),
        decision=decision,
        checked_on=table.day("checked_on"),
        outcome=table.text("outcome"),
        outcome_reason=table.text("outcome_reason"),
    )
    if bool(made.finder) != bool(made.finding):
        raise Wrong("“finder” and “finding” belong together; give both or neither")
    if made.checked_on and not (decision and decision.word == "adopted"):
        raise Wrong("only an adopted initiative is checked; take “checked_on” away or adopt it")
    return made


def _day(table: Table, key: str) -> date:
    day = table.day(key, needed=True)
    assert day is not None
    return day
