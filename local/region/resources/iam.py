"""Provisioners for IAM: roles and policies."""

from local.region.input_properties import Properties
from local.region.ministack import RegionFailure
from local.region.provisioner import Aws, Created, provisions


@provisions("aws:iam/role:Role")
def role(aws: Aws, p: Properties, name: str) -> Created:
    """Create a role with the inline and managed policies declared on it."""
    name = p.take("name", name)
    p.ignore("forceDetachPolicies")
    made = aws("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=p.need("assumeRolePolicy"),
        **p.rename(
            Description="description",
            Path="path",
            MaxSessionDuration="maxSessionDuration",
            PermissionsBoundary="permissionsBoundary",
        ),
        Tags=tags(p),
    )["Role"]
    aws.registry.role_policies.setdefault(name, {})
    for inline in p.blocks("inlinePolicies"):
        put_policy(aws, name, inline.need("name"), inline.need("policy"))
    for arn in p.take("managedPolicyArns", []):
        aws("iam").attach_role_policy(RoleName=name, PolicyArn=arn)
    return Created(name, {"name": name, "arn": made["Arn"], "uniqueId": made["RoleId"]})


@provisions("aws:iam/rolePolicy:RolePolicy")
def role_policy(aws: Aws, p: Properties, name: str) -> Created:
    """Put an inline policy on a role."""
    name, owner = p.take("name", name), p.need("role")
    put_policy(aws, owner, name, p.need("policy"))
    return Created(f"{owner}:{name}", {"name": name})


@provisions("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def role_policy_attachment(aws: Aws, p: Properties, name: str) -> Created:
    """Attach a managed policy to a role."""
    owner, arn = p.need("role"), p.need("policyArn")
    aws("iam").attach_role_policy(RoleName=owner, PolicyArn=arn)
    document = aws("iam").get_policy_version(
        PolicyArn=arn, VersionId=aws("iam").get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    )["PolicyVersion"]["Document"]
    aws.registry.role_policies.setdefault(owner, {})[arn] = document
    return Created(f"{owner}-{name}")


@provisions("aws:iam/policy:Policy")
def policy(aws: Aws, p: Properties, name: str) -> Created:
    """Create a managed policy."""
    name = p.take("name", name)
    made = aws("iam").create_policy(
        PolicyName=name,
        PolicyDocument=p.need("policy"),
        **p.rename(Description="description", Path="path"),
        Tags=tags(p),
    )["Policy"]
    return Created(made["Arn"], {"name": name, "arn": made["Arn"], "policyId": made["PolicyId"]})


def put_policy(aws: Aws, role: str, name: str, document: str) -> None:
    """Put an inline policy on a role and register it; refuse a name in use, which AWS would silently overwrite."""
    if name in aws.registry.role_policies.get(role, {}):
        raise RegionFailure(
            f"the role {role} already has an inline policy {name}, which this one would replace; use another name"
        )
    aws("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
    aws.registry.role_policies.setdefault(role, {})[name] = document


def tags(p: Properties) -> list[dict[str, str]]:
    """Return the tags as the list of Key and Value pairs that most AWS APIs expect."""
    return [{"Key": key, "Value": value} for key, value in (p.take("tags") or {}).items()]
