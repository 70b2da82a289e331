"""Addresses of the entrance. Only those pages of allauth are mounted that this house uses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from ietvars.doors.entrance import views

urlpatterns = [
    path("ieiet/", views.entrance, name="staff"),
    path("ieiet/paraugs/", views.enter_sample, name="enter-sample"),
    path("ieiet/kapacitate/", views.capacity, name="capacity"),
    path("konts/ieiet/", account.login, name="account_login"),
    path("konts/iziet/", account.logout, name="account_logout"),
    path("konts/apliecinat/", account.reauthenticate, name="account_reauthenticate"),
    path("konts/parole/", account.password_change, name="account_change_password"),
    # Where the library sends whoever has no password to change.
    path("konts/parole/nav/", views.no_password, name="account_set_password"),
    path("konts/jauns/", account.signup, name="account_signup"),
    path("konts/slegts/", account.account_inactive, name="account_inactive"),
    path("konts/otrais/", mfa.index, name="mfa_index"),
    path("konts/otrais/kods/", mfa.authenticate, name="mfa_authenticate"),
    path("konts/otrais/apliecinat/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("konts/otrais/lietotne/", totp.activate_totp, name="mfa_activate_totp"),
    path("konts/otrais/lietotne/nonemt/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("konts/otrais/rezerve/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("konts/otrais/rezerve/jauni/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("konts/otrais/rezerve/lejupieladet/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("konts/sniedzejs/atcelts/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("konts/sniedzejs/kluda/", social.login_error, name="socialaccount_login_error"),
    path("konts/sniedzejs/jauns/", social.signup, name="socialaccount_signup"),
    path("konts/sniedzejs/saites/", social.connections, name="socialaccount_connections"),
    path("konts/oidc/<provider_id>/", oidc.login, name="openid_connect_login"),
    path("konts/oidc/<provider_id>/atpakal/", oidc.callback, name="openid_connect_callback"),
]
