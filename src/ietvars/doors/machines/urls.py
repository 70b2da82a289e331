"""Pages of this door: the guide to the API, read from its own description."""

from django.urls import path

from ietvars.doors.machines import guide
from ietvars.doors.machines.feeds.cpsv_ap import validating_catalogue  # noqa: F401 - registers its work

app_name = "machines"

urlpatterns = [path("api/", guide.guide, name="guide")]
