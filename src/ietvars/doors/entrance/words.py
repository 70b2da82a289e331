"""Sentences of the sign-in library, and of the forms below it, that this house says in its own Latvian.

The library brings Latvian along; where it is not how this house speaks, the catalogue of the entrance says it anew, and
catalogues of the house win. The English is the library's message id and must stay as it is there, to the letter.
It must hold nothing else: a text of our own stands where it is said.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

FORMS = (
    _("This field is required."),
    _("Current Password"),
    _("Authenticator code"),
    _("You must type the same password each time."),
    _("Please type your current password."),
    _("The username and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("Be patient, you are sending too many requests."),
    _("This account is currently inactive."),
    _("Your account has no password set up."),
)
"""Labels of fields and what is wrong with them."""

PASSWORDS = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    _("This password is too common."),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be too similar to your other personal information."),
)
"""What is asked of a password."""

MESSAGES = (
    _("Successfully signed in as %(name)s."),
    _("You have signed out."),
    _("Password successfully changed."),
    _("Authenticator app activated."),
    _("Authenticator app deactivated."),
    _("A new set of recovery codes has been generated."),
    _("Save them  in a secure location now — they won't be shown again."),
    _("The third-party account has been connected."),
    _("The third-party account has been disconnected."),
    _("The third-party account is already connected to a different account."),
    _("You cannot disconnect your last remaining third-party account."),
)
"""What the next page says at its top."""

ACCOUNT_PAGES = (
    _("Account Inactive"),
    _("This account is inactive."),
    _("Confirm Access"),
    _("Please reauthenticate to safeguard your account."),
    _("Alternative options"),
    _("Use your password"),
    _("Use authenticator app or code"),
    _("Account Connections"),
    _("You can sign in to your account using any of the following third-party accounts:"),
    _("You currently have no third-party accounts connected to this account."),
    _("Add a Third-Party Account"),
    _("Signup"),
    _("Sign Up"),
    _(
        "You are about to use your %(provider_name)s account to login to\n%(site_name)s. As a final step, please"
        " complete the following form:"
    ),
)
"""Pages of the account that the library draws."""

SECOND_FACTOR_PAGES = (
    _("Two-Factor Authentication"),
    _("Authenticator App"),
    _("Authentication using an authenticator app is active."),
    _("An authenticator app is not active."),
    _("Activate"),
    _("Deactivate"),
    _("Deactivate Authenticator App"),
    _("You are about to deactivate authenticator app based authentication. Are you sure?"),
    _("You cannot deactivate two-factor authentication."),
    _("Enter an authenticator code:"),
    _("Recovery Codes"),
    _("Recovery codes"),
    ngettext_lazy(
        "There is %(unused_count)s out of %(total_count)s recovery codes available.",
        "There are %(unused_count)s out of %(total_count)s recovery codes available.",
        "unused_count",
    ),
    _("No recovery codes set up."),
    _("Generate"),
    _("You are about to generate a new set of recovery codes for your account."),
    _("This action will invalidate your existing codes."),
    _("Are you sure?"),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
)
"""Pages of the code app and the spare codes that the library draws."""
