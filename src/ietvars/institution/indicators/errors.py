"""Refusals of the room of indicators: figures and mappings that cannot be, said aloud."""

from ietvars.ground.errors import Refusal, sentence


class StateAndNumberDisagree(Refusal):
    """Only a measured figure has a number, and a measured figure has one."""

    code = "state-and-number-disagree"
    message = sentence("A figure that is %(state)s cannot have the number %(number)s.")


class NotFinite(Refusal):
    """NaN and infinity are not figures."""

    code = "not-finite"
    message = sentence("%(name)s is %(number)s, which is not a number one can count with.")


class PartNotGiven(Refusal):
    """A measured figure without a number that its kind needs."""

    code = "part-not-given"
    message = sentence("A measured %(kind)s needs %(name)s.")


class PartBelowZero(Refusal):
    """A count, a denominator, a number of cases or a spread below zero."""

    code = "part-below-zero"
    message = sentence("%(name)s is %(number)s, and cannot be below zero.")


class PartNotWhole(Refusal):
    """A count of cases with a fraction."""

    code = "part-not-whole"
    message = sentence("%(name)s is %(number)s, but cases are counted in whole numbers.")


class PartTooLarge(Refusal):
    """A number beyond every count and sum of a state, most likely two numbers run together."""

    code = "part-too-large"
    message = sentence("%(name)s is beyond %(largest)s, more than any figure of a state can be.")


class PartExceedsWhole(Refusal):
    """A share whose numerator is above its denominator."""

    code = "part-exceeds-whole"
    message = sentence("A share of %(numerator)s out of %(denominator)s cannot be: the part exceeds the whole.")


class UnlikeKinds(Refusal):
    """Two points of one definition that are of different kinds."""

    code = "unlike-kinds"
    message = sentence("One definition cannot give a %(before)s before and a %(now)s now.")


class NotALevel(Refusal):
    """A chance of error outside the open interval from 0 to 1."""

    code = "not-a-level"
    message = sentence("The accepted chance of error is %(alpha)s, but must lie between 0 and 1.")


class NotAFloor(Refusal):
    """A floor below zero."""

    code = "not-a-floor"
    message = sentence("The smallest change that counts cannot be %(number)s.")


class FamiliesDoNotFit(Refusal):
    """A list of families that is not as long as the list of series."""

    code = "families-do-not-fit"
    message = sentence("%(series)s series came with %(families)s families.")


class NotToml(Refusal):
    """A file of definitions that is not TOML."""

    code = "not-toml"
    message = sentence("The definitions cannot be read as TOML: %(why)s")


class UnknownWord(Refusal):
    """A word that the definition language does not have."""

    code = "unknown-word"
    message = sentence("%(place)s: the word “%(word)s” is not known here. Known are: %(known)s.")


class DefinitionPartMissing(Refusal):
    """A definition without a part that it needs."""

    code = "definition-part-missing"
    message = sentence("%(place)s: “%(part)s” is missing.")


class WrongShape(Refusal):
    """A part of a definition of another shape than expected."""

    code = "wrong-shape"
    message = sentence("%(place)s: expected %(expected)s, found %(found)s.")


class DefinedTwice(Refusal):
    """Two definitions of one code and version."""

    code = "defined-twice"
    message = sentence("Version %(version)s of %(code)s is defined twice.")


class AggregationDoesNotFit(Refusal):
    """A rule of aggregation that cannot be applied to this kind of figure."""

    code = "aggregation-does-not-fit"
    message = sentence("%(code)s: figures of kind %(kind)s cannot become one by the rule %(aggregation)s.")


class NothingToSlice(Refusal):
    """`by` without an amount marked `each`, or the other way round."""

    code = "nothing-to-slice"
    message = sentence("%(code)s: “by” and an amount with “each = true” need one another.")


class DefinitionRewritten(Refusal):
    """A version that is kept already, coming again with another wording."""

    code = "definition-rewritten"
    message = sentence(
        "Version %(version)s of %(code)s is kept with another wording. Give the new wording a new version."
    )


class DefinedElsewhere(Refusal):
    """A code that another register has already taken."""

    code = "defined-elsewhere"
    message = sentence("%(code)s is defined in the register %(other)s already. Choose another code.")


class NothingReported(Refusal):
    """A period of which nobody reported anything."""

    code = "nothing-reported"
    message = sentence("Nothing is reported for %(period)s. Periods with figures: %(known)s.")


class ReviewNotYours(Refusal):
    """A review by somebody who does not own the service."""

    code = "review-not-yours"
    message = sentence("Only a service owner of %(holder)s can review this service.")


class NothingToReview(Refusal):
    """A review of a comparison that has no series."""

    code = "nothing-to-review"
    message = sentence(
        "There is no comparison of %(period)s with %(with_period)s for this service yet. Compute it first."
    )


class ReadingNeeded(Refusal):
    """A review without the owner's own words."""

    code = "reading-needed"
    message = sentence("Write in your own words what the figures say.")


class UnknownDecision(Refusal):
    """A decision that is not in the code list review-decisions."""

    code = "unknown-decision"
    message = sentence("“%(decision)s” is not one of the decisions a review can end with.")


class UnknownService(Refusal):
    """A service code that nobody has."""

    code = "unknown-service"
    message = sentence("There is no service with the code “%(code)s”.")


class UnknownIndicator(Refusal):
    """An indicator code that no register defines."""

    code = "unknown-indicator"
    message = sentence("There is no indicator with the code “%(code)s”. There are: %(known)s.")


class NothingToCompareWith(Refusal):
    """A comparison without an earlier period that has figures."""

    code = "nothing-to-compare-with"
    message = sentence(
        "Nothing is reported for the same period of the year before %(period)s."
        " Say which period to compare with. Periods with figures: %(known)s."
    )
