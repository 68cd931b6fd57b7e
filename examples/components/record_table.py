"""A table whose records are found by id and by day, and are deleted when they expire."""

from kinexus_components import KeyKind, RecordTable, TableIndex

by_day = TableIndex(name="by-day", hash_key="day", range_key="placed_at", range_key_kind=KeyKind.NUMBER)
orders = RecordTable(
    "orders", table_name="orders", hash_key="order_id", indexes=[by_day], ttl_attribute="expires_at"
)
