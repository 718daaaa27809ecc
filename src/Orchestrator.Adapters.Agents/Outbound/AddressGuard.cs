using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Adapters.Agents.Outbound;

/// <summary>Says which addresses may be connected to. It judges what a name resolved to, at the moment of connecting, so no spelling and no DNS answer gets around it.</summary>
/// <remarks>
/// Refused, after the IANA special-purpose registries (RFC 6890): this host, private, shared (RFC 6598), loopback, link-local with the metadata
/// addresses, documentation, benchmarking, multicast, reserved, broadcast; in IPv6 likewise, and whatever carries an IPv4 address within it
/// (mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP) that is refused, or that cannot be told.
/// </remarks>
public sealed class AddressGuard(OutboundOptions options)
{
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
            "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    // Public only by appearance: the metadata address of one large cloud.
    private static readonly IPAddress Metadata = IPAddress.Parse("168.63.129.16");

    private readonly IPNetwork[] allowed = [.. options.AllowedNetworks.Select(IPNetwork.Parse)];

    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

        // A scope would make an address unequal to itself.
        if (plain is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 })
        {
            plain = new IPAddress(plain.GetAddressBytes());
        }

        if ((options.AllowLoopback && IPAddress.IsLoopback(plain)) || allowed.Any(network => network.Contains(plain)))
        {
            return true;
        }

        return !plain.Equals(Metadata) && !Refused.Any(network => network.Contains(plain)) && !IsIsatap(plain);
    }

    // RFC 5214: the interface identifier 0000:5efe or 0200:5efe is followed by an IPv4 address.
    private static bool IsIsatap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) & 0xfdff_ffff) == 0x0000_5efe;
    }
}

/// <summary>A connection was refused because of where it would have gone.</summary>
public sealed class AddressRefusedException(string message) : IOException(message);
