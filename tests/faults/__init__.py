"""What happens when the services that Kinexus uses fail."""
