"""The local AWS region: MiniStack, and provisioners that create a Pulumi program's resources on it."""
