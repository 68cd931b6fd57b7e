"""What happens when the services around us fail."""
