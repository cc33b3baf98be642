"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """The address of whoever sent the request, or None when none is told."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.HTTPS:
        # A proxy of ours stands in front and adds who asked it to the end; what stands before that, anybody can write.
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or told
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(request: HttpRequest) -> str:
    """The network of that address (/24 or /48), or nothing when none is told."""
    address = address_of(request)
    if address is None:
        return ""
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
