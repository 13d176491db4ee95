"""The steps from one format of the tables to the next, one file each."""
