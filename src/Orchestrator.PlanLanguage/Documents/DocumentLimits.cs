namespace Orchestrator.PlanLanguage.Documents;

/// <summary>What a document may hold. Each is checked while it is read, before what is beyond it is built.</summary>
public static class DocumentLimits
{
    /// <summary>Bytes of the document, and characters when its aliases are unfolded: 4 MiB, 16 MiB.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    public const long UnfoldedCharactersMax = 16 * 1024 * 1024;

    /// <summary>Objects and arrays inside one another.</summary>
    public const int DepthMax = 64;

    /// <summary>Values, aliases unfolded: a plan of 10,000 steps has about 150,000.</summary>
    public const int NodesMax = 250_000;

    /// <summary>Aliases in a YAML document.</summary>
    public const int AliasesMax = 1_000;

    /// <summary>Digits and signs of a number.</summary>
    public const int NumberLengthMax = 400;
}
