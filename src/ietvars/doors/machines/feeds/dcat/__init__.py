"""The record of the catalogue as a dataset of DCAT-AP 3.0.1: for portals of open data. Out only."""
