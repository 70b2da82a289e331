"""Periods are values, never rows: years, fiscal years, quarters, months, and working days with Latvian holidays.

It must not know what happens in a period.
"""
