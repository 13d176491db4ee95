"""The pages of the review desk, as HTML."""
