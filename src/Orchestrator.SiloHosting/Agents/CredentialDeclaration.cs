using System.ComponentModel.DataAnnotations;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.SiloHosting.Agents;

/// <summary>What an agent is shown, as a settings file declares it.</summary>
public sealed class CredentialDeclaration
{
    /// <value>Header, Basic or ClientCredentials. The default is Header.</value>
    [EnumDataType(typeof(CredentialKind))]
    public CredentialKind Kind { get; set; } = CredentialKind.Header;

    /// <summary>Where the header's value, the password or the client's secret is: <c>env:NAME</c> or <c>file:PATH</c>. It is read when the agent is called, and stays a reference until then.</summary>
    [Required]
    public string Secret { get; set; } = "";

    /// <summary>The header's name.</summary>
    /// <value>The default is Authorization.</value>
    public string? Header { get; set; }

    /// <summary>A word before the secret in the header, such as Bearer.</summary>
    public string? Scheme { get; set; }

    /// <summary>The user, or the client's id.</summary>
    public string? User { get; set; }

    /// <summary>Where tokens are asked for.</summary>
    public string? TokenUrl { get; set; }

    /// <summary>The scopes to ask for, parted by spaces.</summary>
    public string? Scope { get; set; }

    internal AgentCredentials ToCredentials() => new(Kind, Secret, Header, Scheme, User, TokenUrl, Scope);
}
