"""Addresses of the overseers, below /parraudziba/ in both languages."""

from django.urls import path

from ietvars.doors.overseers import drill, findings, initiatives, views

app_name = "overseers"

urlpatterns = [
    path("parraudziba/", views.state, name="state"),
    path("parraudziba/valsts.csv", views.state_csv, name="state-csv"),
    path("parraudziba/valsts.json", views.state_json, name="state-json"),
    path("parraudziba/pakalpojumi/", views.services_page, name="services"),
    path("parraudziba/pakalpojumi.csv", views.services_csv, name="services-csv"),
    path("parraudziba/pakalpojumi.json", views.services_json, name="services-json"),
    path("parraudziba/iestades/<slug:code>/", drill.body, name="body"),
    path("parraudziba/iestades/<slug:code>.csv", drill.body_csv, name="body-csv"),
    path("parraudziba/iestades/<slug:code>.json", drill.body_json, name="body-json"),
    path("parraudziba/pakalpojumi/<slug:code>/", drill.service, name="service"),
    path("parraudziba/pakalpojumi/<slug:code>.csv", drill.service_csv, name="service-csv"),
    path("parraudziba/pakalpojumi/<slug:code>.json", drill.service_json, name="service-json"),
    path("parraudziba/pakalpojumi/<slug:code>/raditaji/<slug:indicator>/", drill.series, name="series"),
    path("parraudziba/pakalpojumi/<slug:code>/raditaji/<slug:indicator>.csv", drill.series_csv, name="series-csv"),
    path("parraudziba/pakalpojumi/<slug:code>/raditaji/<slug:indicator>.json", drill.series_json, name="series-json"),
    path("parraudziba/atradumi/", findings.page, name="findings"),
    path("parraudziba/atradumi.csv", findings.page_csv, name="findings-csv"),
    path("parraudziba/atradumi.json", findings.page_json, name="findings-json"),
    path("parraudziba/atradumi/meklet/", findings.look, name="look"),
    path("parraudziba/atradumi/<str:period>/<slug:finder>/<path:key>/", findings.finding, name="finding"),
    path("parraudziba/iniciativas/", initiatives.page, name="initiatives"),
    path("parraudziba/iniciativas.csv", initiatives.page_csv, name="initiatives-csv"),
    path("parraudziba/iniciativas.json", initiatives.page_json, name="initiatives-json"),
    path("parraudziba/iniciativas/ierosinat/", initiatives.propose, name="propose"),
    path("parraudziba/iniciativas/<slug:code>/", initiatives.initiative, name="initiative"),
    path("parraudziba/iniciativas/<slug:code>/lemt/", initiatives.decide, name="decide"),
    path("parraudziba/iniciativas/<slug:code>/parbaudit/", initiatives.check, name="check"),
    path("parraudziba/iniciativas/<slug:code>/pieradijumi.json", initiatives.frozen, name="evidence"),
]
