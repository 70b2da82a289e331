"""Refusals about collection rounds and their reports."""

from ietvars.ground.errors import Refusal, sentence


class NotAnOverseer(Refusal):
    """A capacity that may not run rounds."""

    code = "rounds-not-an-overseer"
    message = sentence("Rounds are opened, changed and closed by overseers. Act in that capacity, or ask an overseer.")


class NotAReporter(Refusal):
    """A capacity that may not report figures."""

    code = "rounds-not-a-reporter"
    message = sentence("Figures are reported by service owners. Act in that capacity, or ask a service owner.")


class NotYourReport(Refusal):
    """Somebody whose capacity does not reach the institution of the report."""

    code = "not-your-report"
    message = sentence("This report belongs to an institution you do not act for. Ask its service owner.")


class NotAnAccepter(Refusal):
    """A capacity that may not accept reports."""

    code = "rounds-not-an-accepter"
    message = sentence(
        "Reports are accepted by an overseer or by the list approver of the institution. Ask one of them."
    )


class OwnReport(Refusal):
    """A reporter accepting his own report."""

    code = "own-report"
    message = sentence(
        "You cannot accept your own report: you submitted the figures of %(body)s. Ask a colleague to look at them."
    )


class WrongReportState(Refusal):
    """A step that the report's state does not allow."""

    code = "wrong-report-state"
    message = sentence("The report is %(state)s and cannot become %(wanted)s. Reload the page to see where it stands.")


class AlreadyAccepted(Refusal):
    """Figures typed into a report that is accepted."""

    code = "report-accepted"
    message = sentence(
        "The report of %(body)s is accepted, so its figures stand. Ask the overseer to request a change first."
    )


class RoundClosed(Refusal):
    """A step in a round that is closed."""

    code = "round-closed"
    message = sentence("The round “%(code)s” is closed. Ask an overseer to reopen it.")


class RoundOpen(Refusal):
    """Reopening a round that is open."""

    code = "round-open"
    message = sentence("The round “%(code)s” is open. There is nothing to reopen.")


class RoundExists(Refusal):
    """A second open round of one period."""

    code = "round-exists"
    message = sentence("A round of %(period)s is already open. Close it first, or change that one.")


class DueTooEarly(Refusal):
    """A due date before the round opens, or before its period ends."""

    code = "round-due-too-early"
    message = sentence(
        "The due date %(due)s is too early: it must be later than today and than the period's last day, %(end)s."
    )


class NobodyToAsk(Refusal):
    """A round that would ask nobody."""

    code = "round-asks-nobody"
    message = sentence("None of the chosen institutions holds a published service. Choose others.")


class NothingToAsk(Refusal):
    """A round that would ask nothing."""

    code = "round-asks-nothing"
    message = sentence("The chosen indicators need no figures of this period. Choose at least one that does.")


class UnknownIndicator(Refusal):
    """A round of an indicator that has no definition."""

    code = "round-unknown-indicator"
    message = sentence("There is no indicator “%(code)s” in %(period)s. Choose from the list.")


class NotInRound(Refusal):
    """An institution that the round does not ask."""

    code = "not-in-round"
    message = sentence("The round “%(code)s” does not ask %(body)s. Choose an institution of the round.")


class NotAsked(Refusal):
    """A figure that the round does not ask."""

    code = "figure-not-asked"
    message = sentence("The round does not ask “%(quantity)s” of %(service)s. Leave it out, or check the code.")


class WithoutReason(Refusal):
    """An exemption or a sending back without its reason."""

    code = "round-without-reason"
    message = sentence("Say why in one sentence: the reason stays on record.")


class ExemptionUnknownTarget(Refusal):
    """An exemption of something that the round does not ask."""

    code = "exemption-unknown-target"
    message = sentence("The round asks nothing of %(what)s. Choose an institution, service or figure of the round.")


class ErrorsRemain(Refusal):
    """Figures that cannot be as they are."""

    code = "figures-have-errors"
    message = sentence("%(count)s figures cannot be right as they stand. Mend them, then submit again.")


class WarningsWithoutReason(Refusal):
    """Doubtful figures that nobody has explained."""

    code = "figures-need-reasons"
    message = sentence("%(count)s figures are doubtful. Mend them, or say beside each why it is right.")


class NothingSaid(Refusal):
    """A report without a single figure."""

    code = "report-says-nothing"
    message = sentence("Not one figure is filled in. Fill in what you know; leave empty only what you do not.")
