"""Overseers: the state as one, with drill-down, findings and initiatives. No rules, no tables.

`common` holds what all pages share (frame, what the address asks); `pictures`, `found` and `ledger` are presenters of
the state, of findings and of initiatives; `views`, `drill`, `findings` and `initiatives` the pages; `forms` what may be
sent.
`reorganisations` and `reorganisation_forms` are mergers, splits and renamings.
"""
