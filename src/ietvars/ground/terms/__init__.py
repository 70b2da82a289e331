"""Code lists: the words that forms, filters and exchange formats share, in every language of the deployment.

It also owns the language map, the shape of every text that exists in several languages.
It must not know who uses a term.
Besides the usual files: `lists/` holds the code lists that ship, one file each.
"""
