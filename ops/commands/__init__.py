"""The commands of `python -m ops`, a file each."""
