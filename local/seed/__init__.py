"""A fictitious product's engineering space and the tickets that the demo plays."""

from local.atlassian.site import Site


def load(site: Site) -> None:
    """Create the project PAY2 and the space SD with its homepage."""
    site.jira.add_project("PAY2", "Payments Platform")
    site.confluence.add_space("SD", "Software Development", site.account("admin"))
