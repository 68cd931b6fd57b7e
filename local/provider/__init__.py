"""A double of Pulumi's AWS provider, with which the real engine deploys into the local region.

The engine speaks gRPC to it as to the real plugin: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto.
Names and types of properties are those of the pulumi-aws package; `replacements` says which changes replace a resource.
Not as the real provider does: it fills in no defaults but names, and reads only some properties back.
"""
