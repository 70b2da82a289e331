"""Linked data after CPSV-AP 3.2.0: descriptions out (`exporting`), in (`importing`), and judged (`validating`).

`vocabulary` and `context` hold the words that all of them share. A remote document is never fetched.
"""
