"""Grades one submission from its file to its verdict, and many submissions in a pool, local or Dask."""
