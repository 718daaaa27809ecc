using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Grains.Completions;

/// <summary>How agents answer later. All silos share the key.</summary>
public sealed class CompletionOptions : IValidatableObject
{
    public const string Section = "Completions";

    /// <summary>The secret under which tokens are made, in Base64, at least 32 bytes.</summary>
    /// <value>A reference, <c>env:NAME</c> or <c>file:PATH</c>. Without one, the secret in <see cref="KeyFile"/> is used.</value>
    [DataType(DataType.Password)]
    public string? Key { get; set; }

    /// <summary>The secret before it: tokens made under it are believed until it is taken away, which is safe once the longest attempt under it is over.</summary>
    /// <value>A reference, as <see cref="Key"/>. None by default.</value>
    [DataType(DataType.Password)]
    public string? KeyBefore { get; set; }

    /// <summary>A file that keeps the secret, in Base64; it is made when it is missing.</summary>
    /// <value>Without one, <c>completion.key</c> in the data folder; where there is no such folder there is no secret, and no agent is offered to answer later until <see cref="Key"/> is set.</value>
    public string? KeyFile { get; set; }

    /// <summary>By which address agents reach this API, such as <c>https://orc.example.com</c>.</summary>
    /// <value>An absolute http or https address. Without one, the address this process listens on, or a path alone where that is not one address.</value>
    public string? PublicUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }))
        {
            yield return new ValidationResult($"'{PublicUrl}' is no absolute http or https address without user name, query and fragment.", [nameof(PublicUrl)]);
        }
    }
}
