"""Commands for those who run Kinexus: what became of a ticket, and the way back for work that stopped."""
