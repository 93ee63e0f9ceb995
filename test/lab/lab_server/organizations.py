"""The one call of AWS Organizations that the service makes, which moto has not."""

from moto.core.exceptions import JsonRESTError
from moto.organizations.responses import OrganizationsResponse


def install() -> None:
    OrganizationsResponse.describe_effective_policy = _describe_effective_policy


def _describe_effective_policy(response: OrganizationsResponse) -> str:
    """No policy of the type that is asked for applies: moto evaluates none. An account of no organization is told that first."""
    response.organizations_backend.describe_organization()
    raise JsonRESTError("EffectivePolicyNotFoundException", "This policy type is not enabled, or no policy applies.")
