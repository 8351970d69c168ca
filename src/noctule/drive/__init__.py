"""A user's files. For now one flat folder of notebooks; the tree, sharing and revisions come with the Drive."""
