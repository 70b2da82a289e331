"""Finders: small classes, each with code, name, source and explanation, that turn facts into findings with their figures.

It must not decide what is done about a finding.
"""
