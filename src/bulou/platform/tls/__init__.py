"""Certificates of the county's own: an authority made once, and a server certificate it issues and renews by itself.

Offline pages, device keys and location need HTTPS, and a closed network has no public authority. The authority's certificate is
installed on the county's devices once. Its key lies in BULOU_HOME/tls, mode 0600; it may sign servers only, no further authorities.
"""

from bulou.platform.tls.authority import Authority, authority_at, make_authority
from bulou.platform.tls.server import ServerCertificate, addresses_of_this_machine, ensure_server_certificate

__all__ = [
    "Authority",
    "ServerCertificate",
    "addresses_of_this_machine",
    "authority_at",
    "ensure_server_certificate",
    "make_authority",
]
