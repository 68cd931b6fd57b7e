"""A handler for tests of components that need one."""


def handle(event: object, context: object) -> None:
    """Do nothing."""
