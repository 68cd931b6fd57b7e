"""What every room may use: deadlines, errors, tolerant JSON access, Unicode safety. Imports no other room."""
