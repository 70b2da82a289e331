"""Canvases: of what parts a description is made, what is required of each part, and how a newer canvas meets a service.

It must not know any particular service; a description comes to it as a value. Besides the shelves it holds
`description.py` (the value itself, which the rooms above share), `requirements.py` (one small class a requirement) and
`merging.py` (the three-way comparison), rules too long for one file, and `shipped/`, the canvases that come with the
product.
"""
