"""The one comment below a pull or merge request, written by a job that trusts neither it nor its run."""
