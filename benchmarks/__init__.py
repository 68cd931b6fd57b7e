"""Scripts that measure, each printing ratios against a named peer or floor."""
