using System.Text.RegularExpressions;
using Serilog.Core;
using Serilog.Events;

namespace Orchestrator.Hosting.Logging;

/// <summary>The last enricher: takes out what is named like a secret, and what looks like one, at any depth.</summary>
internal sealed partial class RedactionEnricher : ILogEventEnricher
{
    private static readonly ScalarValue Hidden = new("***");

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? changed = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (Redact(name, value) is { } redacted)
            {
                (changed ??= []).Add(new LogEventProperty(name, redacted));
            }
        }

        foreach (var property in changed ?? [])
        {
            logEvent.AddOrUpdateProperty(property);
        }
    }

    // Null when there is nothing to take out.
    private static LogEventPropertyValue? Redact(string name, LogEventPropertyValue value)
    {
        if (SecretNames.Tells(name))
        {
            return Hidden;
        }

        switch (value)
        {
            case ScalarValue { Value: string text } when Credentials().IsMatch(text):
                return new ScalarValue(Credentials().Replace(text, "$1***"));
            case StructureValue structure when structure.Properties.Any(property => Redact(property.Name, property.Value) is not null):
                return new StructureValue(
                    structure.Properties.Select(property => new LogEventProperty(property.Name, Redact(property.Name, property.Value) ?? property.Value)),
                    structure.TypeTag);
            case DictionaryValue dictionary when dictionary.Elements.Any(entry => Redact(Key(entry), entry.Value) is not null):
                return new DictionaryValue(dictionary.Elements.Select(entry => KeyValuePair.Create(entry.Key, Redact(Key(entry), entry.Value) ?? entry.Value)));
            case SequenceValue sequence when sequence.Elements.Any(element => Redact("", element) is not null):
                return new SequenceValue(sequence.Elements.Select(element => Redact("", element) ?? element));
            default:
                return null;
        }
    }

    private static string Key(KeyValuePair<ScalarValue, LogEventPropertyValue> entry) => entry.Key.Value?.ToString() ?? "";

    // Bearer and basic credentials, the user part of a URL, keys of the shape vendors give theirs.
    [GeneratedRegex(@"(\b(?:Bearer|Basic)\s+)[A-Za-z0-9+/=._~-]{8,}|((?<=://))[^/\s:@]+:[^/\s@]+(?=@)|(\b)(?:sk|orc|ghp|xox[abp])[-_][A-Za-z0-9_-]{16,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 250)]
    private static partial Regex Credentials();
}
