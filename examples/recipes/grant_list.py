"""A function that may list and read the objects below one prefix, and write below another."""

from kinexus_components import DocumentBucket, PythonFunction

papers = DocumentBucket("papers")
sort = PythonFunction(
    "sort",
    handler="export.nightly.handle",
    source_root=".",
    include=["export"],
    statements=[
        papers.grant_list("inbox/"),
        papers.grant("s3:GetObject", prefix="inbox/"),
        papers.grant("s3:PutObject", prefix="sorted/"),
    ],
)
