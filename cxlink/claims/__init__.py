"""Claims such as "+1 NPS = +0.5% revenue": read, held against the data, judged."""

from cxlink.claims.audit import audit_claims
from cxlink.claims.library import read_library
from cxlink.claims.read import ReadClaim, read_claim, read_claims

__all__ = ["ReadClaim", "audit_claims", "read_claim", "read_claims", "read_library"]
