"""The folder format of a state: bodies, services, situations, ties, lists and people as TOML files that people write.

`entries` is what a folder says, as plain values; `tables` reads one TOML table and says in one sentence what is wrong
with it; `turning` turns tables into entries; `reading` reads a folder; `checking` finds names that lead nowhere;
`loading` brings it in by actions, with `collecting`, `drafting` and `hearing` for rounds, drafts and feedback;
`following` then repeats what people made of the figures, once these are computed; `acting` finds who did it, and when.
It must not decide anything: a refusal of an action is passed on with the entry that caused it.
docs/howto/state-folder.md describes the format.
"""
