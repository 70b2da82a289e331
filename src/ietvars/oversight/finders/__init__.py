"""Finders: small classes, each with code, name, source and explanation, that turn facts into findings.

It must not decide what is done about a finding.
"""
