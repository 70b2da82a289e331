"""Ietvars: a framework for describing, measuring and improving public services on three levels.

The tree is the framework itself: `ground` carries `institution`, that carries `collaboration`, that
carries `oversight`, and `doors` let people and machines in. Imports only ever point down. This module
holds the version and nothing else.
"""

__version__ = "0.1.0"
