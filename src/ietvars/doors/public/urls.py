"""Addresses of the public pages. The words are Latvian in both languages; English stands under /en/."""

from django.urls import path

from ietvars.doors.public import catalogue, feedback, methods, open_figures, searching, views

app_name = "public"

urlpatterns = [
    path("", views.home, name="home"),
    path("meklet/", searching.page, name="search"),
    path("meklet/ieteikumi/", searching.suggestions, name="suggestions"),
    path("pasvaldiba/", views.place, name="place"),
    path("pakalpojumi/", catalogue.service_list, name="services"),
    path("pakalpojumi.csv", catalogue.services_csv, name="services-csv"),
    path("pakalpojumi.json", catalogue.services_json, name="services-json"),
    path("pakalpojumi/<slug:code>/", views.service, name="service"),
    path("situacijas/", views.situation_list, name="situations"),
    path("situacijas/<slug:code>/", views.situation, name="situation"),
    path("iestades/", catalogue.body_list, name="bodies"),
    path("iestades/<slug:code>/", catalogue.body, name="body"),
    path("atsauksme/", feedback.page, name="feedback"),
    path("atsauksme/paldies/", feedback.thanks, name="feedback-thanks"),
    path("raditaji/", open_figures.page, name="figures"),
    path("raditaji/<slug:code>/", open_figures.release, name="figures-release"),
    path("raditaji/<slug:code>/<str:name>", open_figures.file, name="figures-file"),
    path("par/", catalogue.about, name="about"),
    path("par/paraugs/", catalogue.sample, name="sample"),
    path("par/pieklustamiba/", catalogue.accessibility, name="accessibility"),
    path("par/dati/", catalogue.data, name="data"),
    path("par/raditaji/", methods.page, name="methods"),
    path("par/pirmkods/", catalogue.source, name="source"),
]
