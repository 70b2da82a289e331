"""Addresses of the furniture itself."""

from django.urls import path

from ietvars.doors.furniture import pages

app_name = "furniture"
urlpatterns = [path("sastavdalas", pages.components, name="components")]
