using System.Text;
using System.Text.Json;

namespace Orchestrator.Cli.Doors;

/// <summary>What problem+json says, in lines for people.</summary>
internal static class ProblemText
{
    public static string? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var problem = document.RootElement;
            if (problem.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var text = new StringBuilder().AppendJoin(' ', Present(Text(problem, "code"), Text(problem, "detail") ?? Text(problem, "title")));
            if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            {
                foreach (var error in errors.EnumerateArray())
                {
                    text.AppendLine().Append("  ").AppendJoin(' ', Present(Text(error, "pointer"), Text(error, "code"), Text(error, "message") ?? Text(error, "detail")));
                }
            }

            return text.Length == 0 ? null : text.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Present(params string?[] words) => words.OfType<string>().Where(word => word.Length > 0);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
