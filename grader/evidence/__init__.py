"""What a run left behind, read and certified, without points."""
