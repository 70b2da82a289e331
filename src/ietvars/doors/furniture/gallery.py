"""Examples of every component for the living component page. All figures here are invented, and say so.

A new component first gets its place here; pages of doors come after. It must not read the database.
"""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from ietvars.doors.furniture import days, gallery_figures, gallery_tables, parts
from ietvars.doors.furniture.frame import Frame, Section, crumbs
from ietvars.doors.furniture.gallery_figures import HERE, say
from ietvars.doors.furniture.marks import (
    Button,
    Link,
    Outcome,
    State,
    StateMark,
    Tag,
    Value,
    Verdict,
    VerdictCounts,
    illustrative,
)
from ietvars.doors.furniture.shown import language

TODAY = date(2026, 11, 23)


class ExampleForm(forms.Form):
    """A form that shows every sort of field."""

    name = forms.CharField(max_length=120)
    term = forms.IntegerField(min_value=0, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    receive = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = {
            "name": (
                say("Name", "Nosaukums"),
                say("What the person gets, not what the institution does.", "Ko cilvēks saņem, nevis ko dara iestāde."),
            ),
            "term": (
                say("Term in working days", "Termiņš darbdienās"),
                say(
                    "From registration to the decision. Only a number.",
                    "No reģistrācijas līdz lēmumam. Tikai skaitlis.",
                ),
            ),
            "receive": (say("Ways to receive the result", "Rezultāta saņemšanas veidi"), ""),
            "text": (say("Notes", "Piezīmes"), ""),
            "agreed": (say("I have read it", "Esmu izlasījis"), ""),
        }
        for field, (label, hint) in said.items():
            self.fields[field].label, self.fields[field].help_text = label, hint
        self.fields["term"].error_messages["invalid"] = say(
            "It must be a whole number, for example 10.", "Jābūt veselam skaitlim, piemēram, 10."
        )
        self.fields["receive"].error_messages["required"] = say("Choose at least one.", "Izvēlieties vismaz vienu.")
        self.fields["receive"].choices = [  # type: ignore[attr-defined]
            ("e-address", say("E-address", "E-adrese")),
            ("person", say("In person", "Klātienē")),
            ("post", say("By post", "Pa pastu")),
        ]


def _marks() -> dict[str, Any]:
    counts = {Outcome.BETTER: 5, Outcome.SAME: 7, Outcome.WORSE: 2, Outcome.CHANGED: 3, Outcome.NONE: 0}
    return {
        "verdicts": [Verdict(one) for one in Outcome],
        "counts": VerdictCounts(counts, links={Outcome.BETTER: HERE, Outcome.WORSE: HERE}),
        "states": [Value(0), *(StateMark(one) for one in State if one is not State.MEASURED)],
        "raw": StateMark(State.UNREADABLE, raw="~17?"),
        "buttons": [
            Button(say("Submit for approval", "Iesniegt saskaņošanai"), href=HERE),
            Button(say("Save the draft", "Saglabāt melnrakstu"), href=HERE, variant="secondary"),
            Link(say("Cancel", "Atcelt"), HERE),
        ],
        "tags": [
            Tag(say("Draft", "Melnraksts")),
            Tag(say("Published", "Publicēts"), tone="blue"),
            Tag(
                say("Review by %(day)s", "Jāpārskata līdz %(day)s")
                % {"day": days.in_table(date(2026, 11, 27), language())},
                tone="due",
            ),
            Tag(say("Overdue", "Nokavēts"), tone="danger"),
            illustrative(),
        ],
    }


def _boxes() -> dict[str, Any]:
    return {
        "empties": [
            parts.Empty(
                say("No measurements yet", "Mērījumu vēl nav"),
                say(
                    "The first figures of this service are due on 15 January.",
                    "Pirmie skaitļi par šo pakalpojumu jāiesniedz līdz 15. janvārim.",
                ),
                Button(say("Enter figures", "Ievadīt skaitļus"), href=HERE, variant="secondary", size="sm"),
            ),
            parts.Empty(
                say("Nothing was found", "Neko neatradām"),
                say(
                    "Look at all life situations, or say what you were looking for.",
                    "Skatiet visas dzīves situācijas vai pastāstiet, ko meklējāt.",
                ),
                Link(say("All life situations", "Visas dzīves situācijas"), HERE),
            ),
        ],
        "refusals": [
            parts.RefusalBox(
                say("It cannot be published yet", "Vēl nevar publicēt"),
                say(
                    "Two obligatory fields are missing. Your text is kept.",
                    "Trūkst divu obligātu lauku. Jūsu teksts ir saglabāts.",
                ),
                (
                    (Link(say("Who can receive it", "Kas var saņemt"), HERE), say("is empty", "nav aizpildīts")),
                    (
                        Link(say("Term in working days", "Termiņš darbdienās"), HERE),
                        say("is no number", "nav skaitlis"),
                    ),
                ),
            ),
            parts.RefusalBox(
                say("Nobody approves his own work", "Savu darbu nevar apstiprināt pats"),
                say(
                    "You wrote this draft. Ask a colleague to look at it.",
                    "Šo melnrakstu rakstījāt jūs. Lūdziet to izskatīt kolēģim.",
                ),
                help=Link(say("Who can approve in our institution", "Kas mūsu iestādē var apstiprināt"), HERE),
            ),
        ],
        "note": parts.Note(
            say("Somebody has changed this description.", "Kāds jau mainījis šo aprakstu."),
            say("Another editor saved a field.", "Otra redaktore saglabāja vienu lauku."),
            Link(say("See both", "Skatīt abus variantus"), HERE),
            "due",
        ),
        "panel": parts.Panel(
            say("Yearly review", "Gada izvērtējums"),
            say(
                "It is not written yet. Write how you read these figures and what you will do.",
                "Vēl nav uzrakstīts. Pierakstiet, kā saprotat šos skaitļus un ko darīsiet.",
            ),
            Button(say("Write the review", "Rakstīt izvērtējumu"), href=HERE, variant="secondary"),
        ),
    }


def _due() -> tuple[parts.Due, ...]:
    return (
        parts.Due(
            say("Measurements", "Mērījumi"),
            say("Send the figures of quarter 3", "Iesniegt 3. ceturkšņa skaitļus"),
            say("Satisfaction and costs are missing.", "Trūkst apmierinātības un izmaksu."),
            Button(say("Enter figures", "Ievadīt skaitļus"), href=HERE),
            date(2026, 11, 15),
        ),
        parts.Due(
            say("Feedback", "Atsauksmes"),
            say("Answer 12 comments", "Atbildēt uz 12 atsauksmēm"),
            say("9 of them are about one field.", "9 no tām ir par vienu lauku."),
            Button(say("Read", "Lasīt"), href=HERE),
            date(2026, 11, 27),
        ),
        parts.Due(
            say("Links", "Saites"),
            say("One link does not open", "Viena saite neatveras"),
            say("It has been so for 14 days.", "Tā ir jau 14 dienas."),
            Button(say("Mend", "Labot"), href=HERE),
        ),
    )


def _steps() -> tuple[parts.Step, ...]:
    return (
        parts.Step(
            say("Register with a doctor", "Stāties ārsta uzskaitē"),
            say("The doctor gives a certificate.", "Ārsts dod izziņu."),
            meta=(say("Not a service", "Nav pakalpojums"),),
        ),
        parts.Step(
            say("Register the birth", "Bērna dzimšanas reģistrācija"),
            say("The child gets a name and a personal code.", "Bērns saņem vārdu un personas kodu."),
            deadline=say("Within one month of the birth", "1 mēneša laikā no dzimšanas"),
            meta=(say("Registry office", "Dzimtsarakstu nodaļa"), say("1 working day", "1 darbdiena")),
            href=HERE,
            current=True,
        ),
        parts.Step(
            say("Declare where the child lives", "Bērna dzīvesvietas deklarēšana"),
            say("It can be done in the same visit.", "Var izdarīt vienā reizē ar reģistrāciju."),
            href=HERE,
            beside=True,
        ),
        parts.Step(
            say("Apply for the childbirth benefit", "Bērna piedzimšanas pabalsts"),
            href=HERE,
            meta=(say("Online", "Tiešsaistē"), say("8 working days", "8 darbdienas")),
        ),
    )


def _lists() -> dict[str, Any]:
    facts = (
        parts.Fact(say("What you get", "Ko saņemsiet"), Value(298, unit="€"), say("each month", "katru mēnesi")),
        parts.Fact(
            say("How long it takes", "Cik ilgi jāgaida"),
            say("up to 22 working days", "līdz 22 darbdienām"),
            say("half waited 14", "puse gaidīja 14"),
        ),
        parts.Fact(say("Fee", "Maksa"), say("Free of charge", "Bez maksas")),
        parts.Fact(say("Published", "Publicēts"), 21, href=HERE),
    )
    gaps = (
        parts.Gap(
            Link(say("Who can receive it", "Kas var saņemt"), "#id_name"),
            say("obligatory, is empty", "obligāts, nav aizpildīts"),
        ),
    )
    return {
        "due": parts.DueList(_due(), TODAY),
        "steps": parts.Steps(_steps()),
        "facts": parts.Facts(facts),
        "gaps": parts.Gaps(gaps),
    }


def _choices(request: HttpRequest) -> dict[str, Any]:
    audience = parts.FilterGroup(
        "kam",
        say("For whom", "Kam"),
        (
            parts.Choice("person", say("A person", "Iedzīvotājam"), 9, chosen=True),
            parts.Choice("business", say("A business", "Uzņēmumam"), 0),
        ),
    )
    return {
        "switch": parts.Switch(
            say("Period", "Periods"), (parts.Option("2024", HERE), parts.Option("2025", HERE, current=True))
        ),
        "chips": parts.Chips((parts.Option(say("A person", "Iedzīvotājam"), HERE),)),
        "filters": parts.Filters(HERE, (audience,), {"q": "x"}, clear=HERE),
        "pages": parts.pages(request, number=2, per_page=20, total=93),
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """All examples."""
    sections = (
        Section("desk", say("To do", "Kas jādara"), HERE, count=7),
        Section("components", say("Components", "Sastāvdaļas"), HERE, current=True),
    )
    invalid = ExampleForm({"name": say("Funeral benefit", "Apbedīšanas pabalsts"), "term": "x", "text": ""})
    invalid.is_valid()
    name = say("Components and states", "Sastāvdaļas un stāvokļi")
    version = parts.Version
    return {
        "frame": Frame(
            door="owners",
            name=say("Workplace of holders", "Turētāja darbvieta"),
            who=say("Service owner, VSAA", "Pakalpojuma īpašniece, VSAA"),
            sections=sections,
        ),
        "crumbs": crumbs((say("First page", "Sākums"), "/"), name),
        "form": ExampleForm(),
        "invalid": invalid,
        "three_way": parts.ThreeWay(
            say("Where to appeal", "Kur apstrīdēt"),
            Tag(say("Legal", "Juridiska"), tone="danger"),
            (
                version(
                    say("Canvas, version 4", "Sagatave, 4. versija"),
                    say("To the head of the institution.", "Iestādes vadītājam."),
                ),
                version(
                    say("Canvas, version 5", "Sagatave, 5. versija"),
                    say("To the higher institution.", "Augstākai iestādei."),
                ),
                version(
                    say("Your text", "Jūsu teksts"), say("To the director of the agency.", "Aģentūras direktoram.")
                ),
            ),
            say("Reason: an amendment of the law.", "Pamats: likuma grozījumi."),
        ),
        "colours": [
            (f"f{number}", words)
            for number, words in enumerate(
                (
                    say("Online", "Tiešsaistē"),
                    say("In person", "Klātienē"),
                    say("Service centre", "Klientu centrā"),
                    say("Telephone", "Pa tālruni"),
                    say("By post", "Pa pastu"),
                    say("Previous period", "Iepriekšējais periods"),
                ),
                1,
            )
        ],
        **_marks(),
        **gallery_figures.context(),
        **gallery_tables.context(),
        **_boxes(),
        **_lists(),
        **_choices(request),
    }
