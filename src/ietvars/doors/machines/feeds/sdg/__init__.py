"""Files of the EU Single Digital Gateway (Regulation (EU) 2018/1724): feedback and statistics out, feedback in.

`files` makes the documents, `reading` reads batches of feedback that an institution's own tool has gathered. The form
is that of the Commission's data collection; its schemas are held against every document in the tests, not shipped.
"""
