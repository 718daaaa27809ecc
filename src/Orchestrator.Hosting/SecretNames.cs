namespace Orchestrator.Hosting;

/// <summary>Names that are given to secrets. What is called so is never shown and never logged.</summary>
internal static class SecretNames
{
    private static readonly string[] Words = ["password", "passphrase", "secret", "apikey", "api_key", "api-key", "accesskey", "authorization", "credential", "connectionstring", "cookie"];

    /// <remarks>"Token" alone is too common a word (cancellation, language models) to hide; at the end of a name it is one to keep.</remarks>
    public static bool Tells(string name) =>
        Words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) || name.EndsWith("token", StringComparison.OrdinalIgnoreCase);
}
