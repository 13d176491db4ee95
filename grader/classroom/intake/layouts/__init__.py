"""One module per platform: how its download names students and files."""
