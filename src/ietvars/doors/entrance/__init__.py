"""The entrance: signing in, the second factor, choosing the capacity to act in, and leaving.

Accounts, codes and providers are allauth's; here they get our words and our frame, and what comes from a provider is
made a pseudonym before it is stored. No rules, no tables.
"""
