"""Tags on everything in the program, and further ones on everything that one component creates."""

from kinexus_components import DocumentBucket, RecordTable, tag_stack

tag_stack({"team": "shop", "env": "dev"})
orders = RecordTable("orders", hash_key="order_id", tags={"data": "personal"})
papers = DocumentBucket("papers")
