"""Code shared by the handlers: records, events, clients and the storage format. Imports no other top-level folder."""
