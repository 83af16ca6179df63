"""What the platform's own units run inside the box: scripts of the standard library, and `reading`, which they share.

On a node this folder is a unit's package, so the scripts import their neighbour by its bare name. Nothing here may
import the rest of the project: it is not there.
"""
