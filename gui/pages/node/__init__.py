"""Pages of the face that shares a machine: one file a page, a page's parts in a folder beside it."""
