using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Adapters.Agents.Credentials;

/// <summary>Which secrets agents that are registered over the API may be shown.</summary>
public sealed class CredentialOptions
{
    public const string Section = "Credentials";

    /// <summary>The secrets, each with the hosts it may be sent to. Agents of the configuration may be shown what they name.</summary>
    /// <value>At most 256. The default is none: whoever may register an agent could otherwise have any secret of this process sent to an address of her own.</value>
    [MaxLength(256)]
    public List<SecretGrant> Allowed { get; set; } = [];

    /// <summary>How long a token endpoint may take.</summary>
    /// <value>100 ms to 5 minutes. The default is 10 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Tokens kept at a time; what does not fit is asked for with each call.</summary>
    /// <value>1 to 100,000. The default is 1,000.</value>
    [Range(1, 100_000)]
    public int TokensMax { get; set; } = 1_000;
}

/// <summary>A secret that registered agents may be shown.</summary>
public sealed class SecretGrant
{
    /// <summary>Where the secret is: <c>env:NAME</c> or <c>file:PATH</c>, exactly as the registration names it.</summary>
    [Required]
    public string From { get; set; } = "";

    /// <summary>The hosts it may be sent to, without port.</summary>
    [MinLength(1)]
    public List<string> Hosts { get; set; } = [];
}
