"""`python -m local try`: what Kinexus would propose for tickets of a real site, without writing anything there.

The function archives run in the local region. Between them and the site stands a gateway, which passes reads and
answers writes itself.
"""
