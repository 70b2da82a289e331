"""Pages of this door: the guide to the API, read from its own description."""

from django.urls import path

from ietvars.doors.machines import guide

app_name = "machines"

urlpatterns = [path("api/", guide.guide, name="guide")]
