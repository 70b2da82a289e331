"""Addresses of the furniture itself."""

from django.urls import path

from ietvars.doors.furniture import pages, progress

app_name = "furniture"
urlpatterns = [
    path("sastavdalas", pages.components, name="components"),
    path("darbi/<int:pk>/", progress.job, name="job"),
    path("darbi/<int:pk>/apturet/", progress.stop, name="job-stop"),
    path("darbi/<int:pk>/turpinat/", progress.resume, name="job-resume"),
]
