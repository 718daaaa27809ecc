using System.Collections.Immutable;
using System.Text;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Security;

/// <summary>Looks for secrets and personal data in a text. What it finds it names and never repeats.</summary>
internal sealed class SecurityAgent(BuiltinAgentOptions options) : IAgent
{
    private const int FindingsMax = 1_000;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "security_compliance_agent",
        "Finds secrets and personal data in a text, by published forms and check digits, and blacks them out.",
        Actions: ["scan_text", "check_security"],
        Keywords: ["security", "secrets", "privacy", "compliance"],
        Input: "text: string — also as `content`",
        Output: """
            clean: boolean
            findings: [{ kind, severity, line, column, length }] — at most 1,000; never the secret itself
            redacted: string — the text with each of them blacked out
            checkedFor: [string]
            """);

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        var text = input.RequiredText("text", "content");
        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        // Of two that overlap the graver counts: the patterns stand in that order.
        var found = new List<(SecretPatterns.Pattern Pattern, int Start, int Length)>();
        foreach (var pattern in SecretPatterns.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var match in pattern.Form.EnumerateMatches(text))
            {
                var (start, length) = (match.Index, match.Length);
                if (found.Count < FindingsMax
                    && pattern.IsReal(text.Substring(start, length))
                    && !found.Exists(other => start < other.Start + other.Length && other.Start < start + length))
                {
                    found.Add((pattern, start, length));
                }
            }
        }

        found.Sort((one, other) => one.Start.CompareTo(other.Start));
        return new(AgentJson.Answer(new Output(
            found.Count == 0, [.. Findings(text, found)], Redact(text, found), [.. SecretPatterns.All.Select(pattern => pattern.Kind)])));
    }

    private static IEnumerable<Finding> Findings(string text, List<(SecretPatterns.Pattern Pattern, int Start, int Length)> found)
    {
        var (line, lineStart, at) = (1, 0, 0);
        foreach (var (pattern, start, length) in found)
        {
            for (; at < start; at++)
            {
                if (text[at] == '\n')
                {
                    (line, lineStart) = (line + 1, at + 1);
                }
            }

            yield return new Finding(pattern.Kind, pattern.Severity, line, start - lineStart + 1, length);
        }
    }

    private static string Redact(string text, List<(SecretPatterns.Pattern Pattern, int Start, int Length)> found)
    {
        var redacted = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (pattern, start, length) in found)
        {
            redacted.Append(text, at, start - at).Append('[').Append(pattern.Kind).Append(']');
            at = start + length;
        }

        return redacted.Append(text, at, text.Length - at).ToString();
    }

    private sealed record Finding(string Kind, string Severity, int Line, int Column, int Length);

    private sealed record Output(bool Clean, ImmutableArray<Finding> Findings, string Redacted, ImmutableArray<string> CheckedFor);
}
