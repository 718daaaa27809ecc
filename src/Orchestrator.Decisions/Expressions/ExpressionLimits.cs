namespace Orchestrator.Decisions.Expressions;

/// <summary>What an expression may cost. Beyond any of these it is a problem and never a fault.</summary>
public static class ExpressionLimits
{
    /// <summary>Characters of one expression.</summary>
    public const int LengthMax = 4_096;

    /// <summary>Parentheses, negations and function calls inside one another.</summary>
    public const int DepthMax = 32;

    /// <summary>Expressions in one template.</summary>
    public const int ExpressionsMax = 1_000;

    /// <summary>Work for one template or condition: one unit for each part of an expression and for each <see cref="BytesPerUnit"/> bytes looked at.</summary>
    public const int Fuel = 1_000_000;

    /// <summary>Bytes that may be looked at for one unit of work.</summary>
    public const int BytesPerUnit = 256;

    /// <summary>Bytes of a rendered template.</summary>
    public const int ResultBytesMax = 16 * 1024 * 1024;

    /// <summary>Objects and arrays inside one another in a rendered template: what every reader of JSON accepts.</summary>
    public const int ResultDepthMax = 64;

    /// <summary>Parsed texts that are remembered, and the longest text that is.</summary>
    internal const int CacheTexts = 2_048;

    internal const int CacheTextLengthMax = 2_048;
}
