"""Refusals about public releases of figures."""

from ietvars.ground.errors import Refusal, sentence


class CategoriesDisagree(Refusal):
    """A service or a month that is named twice, or services without holders."""

    code = "release-categories-disagree"
    message = sentence(
        "Services and months must each be named once, and every service needs a holder. Compute the figures anew."
    )


class ShapesDisagree(Refusal):
    """Counts of another shape than the dimensions have."""

    code = "release-shapes-disagree"
    message = sentence("The counts are of shape %(given)s where the dimensions ask for %(wanted)s. Compute them anew.")


class CountsImpossible(Refusal):
    """A count below zero, or one where nothing is there."""

    code = "release-counts-impossible"
    message = sentence(
        "A count by %(parting)s is below zero, or stands where nothing was measured. Compute the figures anew."
    )


class PartsDisagree(Refusal):
    """Parts that do not add up to what is parted."""

    code = "release-parts-disagree"
    message = sentence("The counts by %(parting)s do not add up to the months. Compute the figures anew.")


class UnknownInput(Refusal):
    """A frozen input that another version of the program wrote."""

    code = "release-unknown-input"
    message = sentence("The frozen input has the form %(schema)s, which this version cannot read. Use a newer version.")


class NotAnOverseer(Refusal):
    """A capacity that may not release figures."""

    code = "releases-not-an-overseer"
    message = sentence("Figures are released by overseers. Act in that capacity, or ask an overseer.")


class OwnRelease(Refusal):
    """A maker approving his own release."""

    code = "own-release"
    message = sentence("You cannot approve the release “%(code)s” that you made. Ask another overseer to look at it.")


class WrongReleaseState(Refusal):
    """A step that the release's state does not allow."""

    code = "wrong-release-state"
    message = sentence("The release is %(state)s and cannot become %(wanted)s. Reload the page to see where it stands.")


class NoReason(Refusal):
    """A release dropped, or made anew, without a reason."""

    code = "release-without-reason"
    message = sentence("Say why: a reader of the next release will want to know.")


class PeriodNotOver(Refusal):
    """A release of a period that still runs."""

    code = "release-period-not-over"
    message = sentence("%(period)s is not over, so its figures still move. Release it after %(end)s.")


class PeriodsOverlap(Refusal):
    """A release that shares months with another of a different span, so that the two could be subtracted."""

    code = "release-periods-overlap"
    message = sentence(
        "%(period)s shares months with the release “%(other)s”. Two releases of the same months could be subtracted "
        "from each other. Choose months that were not released."
    )


class AlreadyReleased(Refusal):
    """A second release of a period, which would have to come from the counts of the first."""

    code = "already-released"
    message = sentence(
        "%(period)s is released as “%(other)s”. Make it again from the same frozen counts with --from %(other)s."
    )


class NothingToRelease(Refusal):
    """A period of which there are no events."""

    code = "nothing-to-release"
    message = sentence("There are no deliveries of %(period)s to release. Choose another period.")


class TooSmallThreshold(Refusal):
    """A threshold that protects nobody."""

    code = "release-threshold-too-small"
    message = sentence("The smallest count shown must be at least %(least)s; %(k)s would tell of single people.")


class NoSuchRelease(Refusal):
    """A code that no release has."""

    code = "no-such-release"
    message = sentence("There is no release “%(code)s”. See the list of releases.")
