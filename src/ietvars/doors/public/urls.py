"""Addresses of the public pages. The words are Latvian in both languages; English stands under /en/."""

from django.urls import path

from ietvars.doors.public import views

app_name = "public"

urlpatterns = [
    path("", views.home, name="home"),
    path("meklet/", views.search, name="search"),
    path("meklet/ieteikumi/", views.suggestions, name="suggestions"),
    path("pasvaldiba/", views.place, name="place"),
    path("pakalpojumi/", views.service_list, name="services"),
    path("pakalpojumi.csv", views.services_csv, name="services-csv"),
    path("pakalpojumi.json", views.services_json, name="services-json"),
    path("pakalpojumi/<slug:code>/", views.service, name="service"),
    path("situacijas/", views.situation_list, name="situations"),
    path("situacijas/<slug:code>/", views.situation, name="situation"),
    path("iestades/", views.body_list, name="bodies"),
    path("iestades/<slug:code>/", views.body, name="body"),
    path("par/", views.about, name="about"),
    path("par/paraugs/", views.sample, name="sample"),
    path("par/pieklustamiba/", views.accessibility, name="accessibility"),
    path("par/dati/", views.data, name="data"),
    path("par/pirmkods/", views.source, name="source"),
]
