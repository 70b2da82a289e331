"""Addresses of the workplace of owners and approvers, below /darbvieta/ in both languages."""

from django.urls import path

from ietvars.doors.owners import criteria, lists, views

app_name = "owners"

urlpatterns = [
    path("darbvieta/", views.desk, name="desk"),
    path("darbvieta/pakalpojumi/", views.services_page, name="services"),
    path("darbvieta/pakalpojumi.csv", views.services_csv, name="services-csv"),
    path("darbvieta/pakalpojumi.json", views.services_json, name="services-json"),
    path("darbvieta/pakalpojumi/<slug:code>/", views.service, name="service"),
    path("darbvieta/pakalpojumi/<slug:code>.csv", views.service_csv, name="service-csv"),
    path("darbvieta/pakalpojumi/<slug:code>.json", views.service_json, name="service-json"),
    path("darbvieta/pakalpojumi/<slug:code>/raditaji/<slug:indicator>/", views.series, name="series"),
    path("darbvieta/pakalpojumi/<slug:code>/raditaji/<slug:indicator>.csv", views.series_csv, name="series-csv"),
    path("darbvieta/pakalpojumi/<slug:code>/raditaji/<slug:indicator>.json", views.series_json, name="series-json"),
    path("darbvieta/pakalpojumi/<slug:code>/izvertet/", views.review, name="review"),
    path("darbvieta/pakalpojumi/<slug:code>/kriteriji/", criteria.page, name="criteria"),
    path("darbvieta/pakalpojumi/<slug:code>/apstiprinat/", views.confirm, name="confirm"),
    path("darbvieta/pakalpojumi/<slug:code>/izbeigt/", views.retire, name="retire"),
    path("darbvieta/saraksti/", lists.lists_page, name="lists"),
    path("darbvieta/saraksti/<slug:body>/<int:year>/", lists.list_page, name="list"),
    path("darbvieta/saraksti/<slug:body>/<int:year>.csv", lists.list_csv, name="list-csv"),
    path("darbvieta/saraksti/<slug:body>/<int:year>/saskanosana.csv", lists.reconcile_csv, name="reconcile-csv"),
    path("darbvieta/saraksti/<slug:body>/<int:year>/solis/", lists.step, name="list-step"),
]
