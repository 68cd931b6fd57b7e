"""Reusable component classes for serverless stacks on AWS."""
