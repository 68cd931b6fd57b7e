"""A bucket, and the permission to read objects below `invoices/`."""

from kinexus_components import DocumentBucket

papers = DocumentBucket("papers", bucket_name="shop-papers", keep_old_versions_days=365)
read_invoices = papers.grant("s3:GetObject", prefix="invoices/")
