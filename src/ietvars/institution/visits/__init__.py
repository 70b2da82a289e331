"""Visits: how often each public page was opened on a day, by kind of device and country, for the statistics of the
Single Digital Gateway.

Counts only: no address, no cookie, no session, no order in which pages were opened, so two views can never be joined to
one visitor. It must not decide which pages count; the door that shows them does.
"""
