using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Orchestrator.Adapters.Agents.Outbound;

/// <summary>Where this process may call out to, and how.</summary>
/// <remarks>
/// Addresses of this machine, of private networks and of cloud metadata are refused unless allowed here, whatever name they hide behind: whoever may
/// register an agent could otherwise make us read what only we can reach.
/// </remarks>
public sealed class OutboundOptions : IValidatableObject
{
    public const string Section = "Outbound";

    /// <summary>Whether agents may live on this machine (127.0.0.0/8, ::1).</summary>
    /// <value>The default is false; the development profile sets true.</value>
    public bool AllowLoopback { get; set; }

    /// <summary>Networks allowed although they are private, as <c>10.1.0.0/16</c> or <c>fd00::/8</c>. An IPv4 network allows its addresses mapped into IPv6 too.</summary>
    /// <value>At most 256. The default is none.</value>
    [MaxLength(256)]
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>How long a connection may take to be made.</summary>
    /// <value>100 ms to 5 min. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection is used before its host is looked up anew.</summary>
    /// <value>1 s to 1 day. The default is 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections to one host at the same time; further calls wait within their own timeout.</summary>
    /// <value>1 to 10,000. The default is 256.</value>
    [Range(1, 10_000)]
    public int ConnectionsPerHostMax { get; set; } = 256;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => AllowedNetworks
        .Where(network => !IPNetwork.TryParse(network, out _))
        .Select(network => new ValidationResult($"'{network}' is no network; expected one like 10.1.0.0/16.", [nameof(AllowedNetworks)]));
}
