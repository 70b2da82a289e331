"""Sheets: a list of services or measurements that goes out as XLSX or CSV and comes back, each change seen before it is
written.

What goes out is remembered cell by cell, so that what comes back is compared three ways: as it went out, as it stands
now, as the file has it. Nothing is written but what somebody has seen in a preview and then applied; service changes
become drafts, figures an edition or answers to a round. It must not publish or submit anything, and never overwrites
what somebody else wrote meanwhile without saying so.
Besides the usual files, all pure but the last two: `cells.py` (what stands in one cell, read and shown), `layouts.py`
(the columns of each kind of sheet), `parts.py` (a cell and the part of a description that it shows), `files.py` (from a
hostile file to its cells, within limits), `comparing.py` (what each of these cells would do), `books.py` (the file that
goes out), `standing.py` (what the rooms below say now, row by row, in the words of the layouts), `working.py` (applying
a large sheet in the background).
"""
