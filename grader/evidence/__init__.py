"""Read and certify what a run left behind, without giving points."""
