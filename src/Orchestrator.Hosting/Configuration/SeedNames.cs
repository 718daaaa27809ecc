using System.Globalization;

namespace Orchestrator.Hosting.Configuration;

/// <summary>Lets a settings file use the names that the S2 and S4 systems gave their settings, by reading each as the setting of ours that it means.</summary>
/// <remarks>Plain numbers keep the unit they had there, which is seconds. A setting stays where it stood, so a value that is refused is pointed at in the file.</remarks>
internal static class SeedNames
{
    private const string HostDefault = "0.0.0.0";
    private const string PortDefault = "8000";
    private const string RateSection = "rate_limiting";
    private const string RateDefault = "100";
    private const string OursRate = "Agents:Defaults:PerMinute";

    private static readonly Dictionary<string, (string Ours, Func<string, string?> Read)> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["agent:name"] = ("Api:Name", Same),
        ["load_balancing:strategy"] = ("Agents:Defaults:Balancing", Word),
        ["load_balancing:algorithm"] = ("Agents:Defaults:Balancing", Word),
        ["load_balancing:health_check_interval"] = ("Agents:Defaults:HealthCheckInterval", Seconds),
        ["health_check_interval"] = ("Agents:Defaults:HealthCheckInterval", Seconds),
        ["load_balancing:max_connections_per_agent"] = ("Agents:Defaults:Concurrency", Same),
        ["error_recovery:max_retries"] = ("Tasks:AttemptsMax", OneMore),
        ["error_recovery:retry_delay"] = ("Tasks:RetryDelay", Seconds),
        ["error_recovery:backoff_multiplier"] = ("Tasks:BackoffMultiplier", Same),
        ["error_recovery:circuit_breaker_threshold"] = ("Agents:Defaults:FailureThreshold", Same),
        ["circuit_breaker:failure_threshold"] = ("Agents:Defaults:FailureThreshold", Same),
        ["circuit_breaker:recovery_timeout"] = ("Agents:Defaults:RecoveryTimeout", Seconds),
        ["message_queue:type"] = ("MessageQueue:Type", Same),
        ["message_queue:host"] = ("MessageQueue:Host", Same),
        ["message_queue:port"] = ("MessageQueue:Port", Same),
        ["priority_queue:max_queue_size"] = ("Agents:Defaults:QueueMax", Same),
        ["rate_limiting:default_rate"] = (OursRate, Same),
        ["rate_limiting:burst_size"] = ("Agents:Defaults:Burst", Same),
        ["routing_strategy"] = ("Routing:Strategy", Word),
        ["max_concurrent_requests"] = ("Tasks:RequestsMax", Same),
        ["request_timeout"] = ("Tasks:Timeout", Seconds),
        ["metrics:retention_days"] = ("Tasks:RequestMetricsFor", Days),
        ["metrics:collection_enabled"] = ("Api:Metrics", Same),
        ["metrics:detailed_logging"] = ("Log:Level", Detail),
        ["monitoring:enable_metrics"] = ("Api:Metrics", Same),
        ["monitoring:metrics_port"] = ("Api:MetricsPort", Same),
    };

    private static readonly Dictionary<string, (string Ours, Func<string, string?> Read)> OfRules = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pattern"] = ("Pattern", Same),
        ["target_agent"] = ("TargetAgent", Same),
        ["endpoint"] = ("Endpoint", Same),
        ["timeout"] = ("Timeout", Seconds),
        ["priority"] = ("Priority", Same),
    };

    /// <summary>What cannot be done without: these may stand in a file as long as they say what is so anyway.</summary>
    private static readonly HashSet<string> AlwaysTrue = new(["load_balancing:enabled", "circuit_breaker:enabled"], StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ConfigurationRefusedException">A value cannot be read, or one setting stands under both of its names.</exception>
    public static IReadOnlyDictionary<string, YamlSetting> Translate(string file, IReadOnlyDictionary<string, YamlSetting> settings)
    {
        var translated = new Dictionary<string, YamlSetting>(StringComparer.OrdinalIgnoreCase);
        var from = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, setting) in settings)
        {
            if (IsIn(RateSection, key))
            {
                Limit(key, setting);
            }
            else if (key.Equals("agent:host", StringComparison.OrdinalIgnoreCase) || key.Equals("agent:port", StringComparison.OrdinalIgnoreCase))
            {
                var address = $"http://{Value(settings, "agent:host") ?? HostDefault}:{Value(settings, "agent:port") ?? PortDefault}";
                Add("Api:Urls", key, setting with { Value = address });
            }
            else if (AlwaysTrue.Contains(key))
            {
                if (!string.Equals(setting.Value, "true", StringComparison.OrdinalIgnoreCase))
                {
                    throw Refused(file, setting, $"{key} is true here and cannot be turned off, found '{setting.Value}'");
                }
            }
            else if (Meaning(key) is { } meaning)
            {
                var value = setting.Value is null ? null : meaning.Read(setting.Value) ?? throw Refused(file, setting, $"{key} is a number, found '{setting.Value}'");
                Add(meaning.Ours, key, setting with { Value = value });
            }
            else
            {
                Add(key, key, setting);
            }
        }

        return translated;

        // Where the section stands, agents have a rate; without the section, none.
        void Limit(string key, YamlSetting setting)
        {
            if (string.Equals(Value(settings, RateSection + ":enabled"), "false", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }

            var known = Meaning(key);
            if (known is { } meaning)
            {
                Add(meaning.Ours, key, setting);
            }
            else if (!key.Equals(RateSection, StringComparison.OrdinalIgnoreCase) && !key.Equals(RateSection + ":enabled", StringComparison.OrdinalIgnoreCase))
            {
                Add(key, key, setting);
            }

            if (!settings.ContainsKey(RateSection + ":default_rate") && !settings.ContainsKey(OursRate))
            {
                Add(OursRate, key, setting with { Value = RateDefault });
            }
        }

        void Add(string ours, string theirs, YamlSetting setting)
        {
            // An address is made of two settings, and is the same whichever of them is read first.
            if (!translated.TryAdd(ours, setting) && translated[ours].Value != setting.Value)
            {
                throw Refused(file, setting, $"{theirs} means {ours}, which {from[ours]} has set to another value already");
            }

            from.TryAdd(ours, theirs);
        }
    }

    private static bool IsIn(string section, string key) =>
        key.StartsWith(section, StringComparison.OrdinalIgnoreCase) && (key.Length == section.Length || key[section.Length] == ':');

    private static (string Ours, Func<string, string?> Read)? Meaning(string key)
    {
        if (Names.TryGetValue(key, out var meaning))
        {
            return meaning;
        }

        var segments = key.Split(':');
        return segments.Length == 3 && segments[0].Equals("routing_rules", StringComparison.OrdinalIgnoreCase) && OfRules.TryGetValue(segments[2], out var member)
            ? ($"Routes:Rules:{segments[1]}:{member.Ours}", member.Read)
            : null;
    }

    private static string? Value(IReadOnlyDictionary<string, YamlSetting> settings, string key) => settings.TryGetValue(key, out var setting) ? setting.Value : null;

    private static string? Same(string value) => value;

    /// <summary><c>weighted_round_robin</c> is <c>WeightedRoundRobin</c>; <c>weighted</c> means the score of S4-20 (part B 13).</summary>
    private static string? Word(string value) => value.Equals("weighted", StringComparison.OrdinalIgnoreCase) ? "Scored" : string.Concat(value.Split('_').Select(part => part.Length == 0 ? "" : char.ToUpperInvariant(part[0]) + part[1..]));

    private static string? Detail(string value) => bool.TryParse(value, out var detailed) ? detailed ? "Debug" : "Information" : value;

    private static string? OneMore(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < int.MaxValue ? (n + 1).ToString(CultureInfo.InvariantCulture) : null;

    private static string? Seconds(string value) => Span(value, 1);

    private static string? Days(string value) => Span(value, 86_400);

    private static string? Span(string value, double secondsEach) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * secondsEach <= 1_000_000_000
            ? TimeSpan.FromSeconds(number * secondsEach).ToString("c", CultureInfo.InvariantCulture)
            : null;

    private static ConfigurationRefusedException Refused(string file, YamlSetting at, string problem) =>
        new([string.Create(CultureInfo.InvariantCulture, $"{file}:{at.Line}:{at.Column} {problem}")]);
}
