using System.Diagnostics.CodeAnalysis;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Hosting.Operators;

namespace Orchestrator.ApiHost.Contract;

/// <summary>Who asks, as the history remembers it.</summary>
internal static class Caller
{
    private const string Anonymous = "anonymous";

    public const int NameLengthMax = 128;

    /// <param name="claimed">Who the caller says they are: it counts only where nobody has been asked for credentials.</param>
    public static string Of(HttpContext http, string? claimed = null) => http.User.Identity?.Name is { Length: > 0 } name ? name : claimed ?? Anonymous;

    /// <summary>Who asks, and whether we have more than their word for it: whoever has shown credentials, or an operator's key, is who they are.</summary>
    /// <returns>False where a key was sent that no operator has: who shows a key wants it to count.</returns>
    public static bool TryIdentify(HttpContext http, string? claimed, out Actor actor, [NotNullWhen(false)] out IResult? problem)
    {
        problem = null;
        if (http.User.Identity?.Name is { Length: > 0 } name)
        {
            actor = new(name, Claimed: false);
            return true;
        }

        var header = http.Request.Headers.Authorization.ToString();
        if (header.Length > 0 && http.RequestServices.GetRequiredService<OperatorKeys>().Any)
        {
            var holder = http.RequestServices.GetRequiredService<OperatorDoor>().HolderOf(header);
            actor = new(holder ?? Anonymous, Claimed: false);
            problem = holder is null ? ApiProblem.Of("operator.unknown", "No operator has the key that was sent.") : null;
            return holder is not null;
        }

        actor = new(claimed ?? Anonymous, Claimed: true);
        return true;
    }

    /// <summary>Judges a name that a caller gives themselves.</summary>
    public static void CheckName(string? name, RequestCheck check)
    {
        if (name is { } by && (by.Length is 0 or > NameLengthMax || by.Any(char.IsControl)))
        {
            check.Member("/by", $"A name has 1 to {NameLengthMax} characters and no control characters.");
        }
    }
}

/// <param name="Claimed">The name is what the caller says of themselves.</param>
internal readonly record struct Actor(string Name, bool Claimed);
