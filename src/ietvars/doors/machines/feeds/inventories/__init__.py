"""Tables of service inventories, of any state, brought in under the direction of a mapping file.

No column, code or threshold of any inventory stands in a Python file here: all of it is data in a mapping.
The road of a file: `files` (bytes to rows, `sheets` for .xlsx) - `tables` (which table of the mapping it is) - `rows`
and `standards` (cells to facts) - `gathering` (all files of a run, each thing once) - `bringing` (into the rooms,
in one transaction) - `report`. The mapping language is read by `mapping` with the help of `words`; it is described
in docs/howto/mapping.md. Ready mappings lie in the folders beside: canada, united-kingdom, estonia.
"""
