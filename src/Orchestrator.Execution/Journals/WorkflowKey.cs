using System.Text;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Execution.Journals;

/// <summary>A workflow's id as the key of its rows, in every store.</summary>
/// <remarks>
/// An id of 32 lower-case hexadecimal digits, which is what ours are, becomes its 16 bytes: they sort by age, so new rows go to the end of a table and
/// the pages a commit touches are few. Any other id becomes <see cref="TextPrefix"/> and its characters. The prefix cannot begin one of ours before
/// the year 10000; a chosen id of hexadecimal digits that does begin so is kept as text.
/// </remarks>
public static class WorkflowKey
{
    private const byte TextPrefix = 0xFF;
    private const int HexLength = 32;

    public static byte[] Of(WorkflowId workflow)
    {
        var text = workflow.Value;
        if (text.Length == HexLength && !text.StartsWith("ff", StringComparison.Ordinal) && text.All(char.IsAsciiHexDigitLower))
        {
            return Convert.FromHexString(text);
        }

        var key = new byte[1 + Encoding.UTF8.GetByteCount(text)];
        key[0] = TextPrefix;
        Encoding.UTF8.GetBytes(text, key.AsSpan(1));
        return key;
    }

    public static WorkflowId Parse(ReadOnlySpan<byte> key) =>
        new(key[0] == TextPrefix ? Encoding.UTF8.GetString(key[1..]) : Convert.ToHexStringLower(key));
}
