"""A bucket, and the right to read what is below `invoices/`."""

from stack import DocumentBucket

papers = DocumentBucket("papers", {"bucket_name": "shop-papers", "keep_old_versions_days": 365})
read_invoices = papers.grant("s3:GetObject", prefix="invoices/")
