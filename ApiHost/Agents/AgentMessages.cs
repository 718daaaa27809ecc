using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Grains.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.ApiHost.Agents;

/// <summary>Declares an agent.</summary>
/// <param name="Name">1 to 128 letters, digits, '.', '_' and '-'; plans refer to it.</param>
/// <param name="Kind"><c>http</c>, <c>llm</c> for a language model, or <c>builtin</c> for a class in our process.</param>
/// <param name="Capabilities">The actions it can do; without any it is only found by name.</param>
/// <param name="Instances">Where it can be called: 1 to 1,000 places.</param>
/// <param name="Concurrency">Calls under way at the same time over all instances: 1 to 100,000; 100 without one.</param>
/// <param name="RateLimit">A token bucket over all instances.</param>
/// <param name="Body"><c>envelope</c>, the default, or <c>input</c>: what the agent gets as its body.</param>
/// <param name="Balancing"><c>round_robin</c>, <c>weighted_round_robin</c>, <c>least_connections</c>, <c>scored</c> (or <c>weighted</c>), <c>random</c>, <c>consistent_hash</c> or <c>local</c>.</param>
/// <param name="Health">How its instances are asked whether they are well; not at all without one.</param>
/// <param name="QueueMax">Calls that may wait for room: 0 to 1,000,000; 10,000 without one.</param>
/// <param name="Model">For the kind <c>llm</c>: which model, and how it is asked. Its instances are bases of OpenAI-compatible APIs, such as <c>http://127.0.0.1:11434/v1</c>.</param>
/// <param name="Limits">Named limits that every call of it draws on, beside its own concurrency and rate: at most 8.</param>
/// <param name="Disabled">Why it cannot be called yet, and what to configure: what a call is answered with, under <c>agent.disabled</c>.</param>
/// <param name="Credentials">For the kind <c>http</c>: what each call shows the agent.</param>
internal sealed record AgentRequest(
    string? Name = null,
    AgentKind Kind = AgentKind.Http,
    ImmutableArray<string>? Capabilities = null,
    ImmutableArray<InstanceRequest>? Instances = null,
    int Concurrency = 100,
    RateLimitMessage? RateLimit = null,
    ImmutableArray<string>? Keywords = null,
    string? Description = null,
    BodyShape Body = BodyShape.Envelope,
    Balancing Balancing = Balancing.RoundRobin,
    BreakerRequest? Breaker = null,
    int QueueMax = 10_000,
    HealthCheckRequest? Health = null,
    ModelRequest? Model = null,
    string? Disabled = null,
    CredentialsMessage? Credentials = null,
    ImmutableArray<string>? Limits = null)
{
    private const int InstancesMax = 1_000;
    private const int WordsMax = 1_000;
    private const int WordLengthMax = 256;
    private const int DescriptionLengthMax = 4_096;

    public AgentRegistration Registration(string? name, RequestCheck check)
    {
        if (!PlanNames.IsName(name))
        {
            check.Member("/name", $"{PlanNames.Rule}; found '{RequestCheck.Shown(name ?? "nothing")}'.");
        }

        var instances = Instances ?? [];
        Between("/instances", "An agent has 1 to {0:N0} instances, found {1:N0}.", instances.Length, Kind is AgentKind.Http or AgentKind.Llm && Disabled is null ? 1 : 0, InstancesMax, check);
        for (var i = 0; i < instances.Length; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"/instances/{i}");
            if (Kind is AgentKind.Http or AgentKind.Llm && !IsEndpoint(instances[i].Endpoint))
            {
                check.Member(at + "/endpoint", $"An endpoint is an absolute http or https address without user info, found '{RequestCheck.Shown(instances[i].Endpoint)}'.");
            }

            Between(at + "/weight", "A weight is 1 to {0:N0}, found {1:N0}.", instances[i].Weight, 1, 1_000, check);
        }

        Between("/concurrency", "The concurrency is 1 to {0:N0}, found {1:N0}.", Concurrency, 1, 100_000, check);
        Between("/queueMax", "The queue holds 0 to {0:N0} calls, found {1:N0}.", QueueMax, 0, 1_000_000, check);
        Between("/rateLimit/perMinute", "A rate is 1 to {0:N0} per minute, found {1:N0}.", RateLimit?.PerMinute ?? 1, 1, 10_000_000, check);
        Between("/rateLimit/burst", "A burst is 1 to {0:N0}, found {1:N0}.", RateLimit?.Burst ?? 1, 1, 10_000_000, check);
        Words("/capabilities", Capabilities ?? [], check);
        Words("/keywords", Keywords ?? [], check);
        Between("/description", "A description has at most {0:N0} characters, found {1:N0}.", Description?.Length ?? 0, 0, DescriptionLengthMax, check);
        return new(
            name ?? "",
            Kind,
            Capabilities ?? [],
            instances.IsEmpty && Kind == AgentKind.Builtin ? [new AgentInstance(name ?? "")] : [.. instances.Select(instance => new AgentInstance(instance.Endpoint, instance.Weight, instance.Drain))],
            Concurrency,
            RateLimit is { } limit ? new(limit.PerMinute, limit.Burst) : null,
            Keywords ?? [],
            Description,
            Body,
            Balancing,
            Breaker?.Policy(check),
            QueueMax,
            Model?.Settings(check),
            Disabled,
            Health?.Check(check),
            Credentials?.Read(check),
            Limits ?? []);
    }

    public static void Between(string pointer, string format, long found, long least, long most, RequestCheck check)
    {
        if (found < least || found > most)
        {
            check.Member(pointer, string.Format(CultureInfo.InvariantCulture, format, most, found));
        }
    }

    private static void Words(string pointer, ImmutableArray<string> words, RequestCheck check)
    {
        Between(pointer, "There are at most {0:N0}, found {1:N0}.", words.Length, 0, WordsMax, check);
        foreach (var word in words.Where(word => word is not { Length: > 0 and <= WordLengthMax } || word.Any(char.IsControl)).Take(1))
        {
            check.Member(pointer, $"Each has 1 to {WordLengthMax} characters and no control characters, found '{RequestCheck.Shown(word ?? "null")}'.");
        }
    }

    private static bool IsEndpoint(string endpoint) => endpoint is { Length: <= 2_048 } && Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri is { UserInfo.Length: 0, Host.Length: > 0 };
}

/// <param name="Drain">It gets no new calls; those under way finish.</param>
internal sealed record InstanceRequest(string Endpoint, int Weight = 1, bool Drain = false);

internal sealed record RateLimitMessage(int PerMinute, int Burst);

/// <param name="FailureThreshold">Consecutive failures that open the breaker: 1 to 1,000; 5 without one.</param>
/// <param name="RecoveryTimeout">How long it stays open after the last failure, ISO 8601, up to a day; PT60S without one.</param>
/// <param name="ProbesMax">Calls let through at the same time while it is half-open: 1 to 100; 1 without one.</param>
internal sealed record BreakerRequest(int FailureThreshold = 5, string? RecoveryTimeout = null, int ProbesMax = 1)
{
    public BreakerPolicy Policy(RequestCheck check)
    {
        AgentRequest.Between("/breaker/failureThreshold", "The threshold is 1 to {0:N0}, found {1:N0}.", FailureThreshold, 1, 1_000, check);
        AgentRequest.Between("/breaker/probesMax", "There are 1 to {0:N0} probes, found {1:N0}.", ProbesMax, 1, 100, check);
        TimeSpan? recovery = null;
        if (RecoveryTimeout is not null)
        {
            if (IsoDuration.TryRead(RecoveryTimeout, out var time) && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1))
            {
                recovery = time;
            }
            else
            {
                check.Member("/breaker/recoveryTimeout", $"The recovery timeout is an ISO 8601 duration up to a day, such as PT60S, found '{RequestCheck.Shown(RecoveryTimeout)}'.");
            }
        }

        return new(FailureThreshold, recovery, ProbesMax);
    }
}

/// <param name="Path">Begins with one slash; asked of each instance's host, whatever the path of its endpoint.</param>
/// <param name="Every">ISO 8601, 5 s to a day; PT30S without one.</param>
/// <param name="UnhealthyAfter">So many checks in a row must fail before an instance counts as unhealthy: 1 to 100.</param>
/// <param name="HealthyAfter">So many must succeed before it counts as healthy again: 1 to 100.</param>
/// <param name="Timeout">ISO 8601, at most <c>every</c>; PT5S without one.</param>
internal sealed record HealthCheckRequest(string Path, string? Every = null, int UnhealthyAfter = 2, int HealthyAfter = 2, string? Timeout = null)
{
    public HealthCheck Check(RequestCheck check) =>
        new(Path, Duration("/health/every", Every, check), UnhealthyAfter, HealthyAfter, Duration("/health/timeout", Timeout, check));

    // What a duration may be is for the agent's rules to say; whether it is one, is said here.
    private static TimeSpan? Duration(string pointer, string? text, RequestCheck check)
    {
        if (text is null)
        {
            return null;
        }

        if (!IsoDuration.TryRead(text, out var time))
        {
            check.Member(pointer, $"This is an ISO 8601 duration, such as PT30S, found '{RequestCheck.Shown(text)}'.");
        }

        return time;
    }
}

/// <summary>An agent as it stands.</summary>
/// <param name="Version">Changes with every registration; also its ETag.</param>
/// <param name="Declared">It comes with the product or from configuration, and is changed there.</param>
/// <param name="Disabled">Why it cannot be called, and what to configure; null when it can.</param>
/// <param name="CallsOut">Calls under way.</param>
/// <param name="Queued">Calls that wait for room, by priority 1 to 5.</param>
/// <param name="Calls">Calls made since the process started.</param>
internal sealed record AgentResponse(
    string Name,
    AgentKind Kind,
    string? Description,
    ImmutableArray<string> Capabilities,
    ImmutableArray<string> Keywords,
    ImmutableArray<InstanceResponse> Instances,
    int Concurrency,
    RateLimitMessage? RateLimit,
    BodyShape Body,
    Balancing Balancing,
    BreakerPolicyResponse Breaker,
    int QueueMax,
    HealthCheckResponse? Health,
    ModelResponse? Model,
    CredentialsMessage? Credentials,
    ImmutableArray<string> Limits,
    string? Disabled,
    string Version,
    bool Declared,
    int CallsOut,
    ImmutableArray<int> Queued,
    long Calls,
    long Failures)
{
    public static AgentResponse Of(AgentView view)
    {
        var agent = view.Registration;
        return new(
            agent.Name,
            agent.Kind,
            agent.Description,
            Or(agent.Capabilities),
            Or(agent.Keywords),
            [.. Or(view.Instances).Select(instance => InstanceResponse.Of(instance))],
            agent.Concurrency,
            agent.RateLimit is { } limit ? new(limit.PerMinute, limit.Burst) : null,
            agent.Body,
            agent.Balancing,
            BreakerPolicyResponse.Of(agent.Breaker ?? new()),
            agent.QueueMax,
            HealthCheckResponse.Of(agent.Health),
            ModelResponse.Of(agent.Model),
            CredentialsMessage.Of(agent.Credentials),
            Or(agent.Limits),
            agent.Disabled,
            view.Version,
            view.Declared,
            view.CallsOut,
            Or(view.Queued),
            view.Calls,
            view.Failures);
    }

    private static ImmutableArray<T> Or<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;
}

/// <param name="Healthy">As its checks tell; true where there are none.</param>
/// <param name="CheckedAt">When it was last asked.</param>
/// <param name="AverageMs">Of its latest calls; absent before the first.</param>
/// <param name="SuccessRate">Of its latest calls, 0 to 1; absent before the first.</param>
internal sealed record InstanceResponse(
    string Endpoint,
    int Weight,
    bool Drain,
    int CallsOut,
    BreakerStatus Breaker,
    DateTimeOffset? OpenUntil,
    bool Healthy,
    DateTimeOffset? CheckedAt,
    double? AverageMs,
    double? SuccessRate)
{
    public static InstanceResponse Of(InstanceView view) => new(
        view.Instance.Endpoint, view.Instance.Weight, view.Instance.Drain, view.CallsOut, view.Breaker, view.OpenUntil, view.Healthy, view.CheckedAt,
        view.AverageSeconds * 1_000, view.SuccessRate);
}

internal sealed record HealthCheckResponse(string Path, long EveryMs, int UnhealthyAfter, int HealthyAfter, long TimeoutMs)
{
    public static HealthCheckResponse? Of(HealthCheck? check) => check is null ? null
        : new(check.Path, (long)check.Interval.TotalMilliseconds, check.UnhealthyAfter, check.HealthyAfter, (long)check.Patience.TotalMilliseconds);
}

internal sealed record BreakerPolicyResponse(int FailureThreshold, long RecoveryTimeoutMs, int ProbesMax)
{
    public static BreakerPolicyResponse Of(BreakerPolicy policy) => new(policy.FailureThreshold, (long)policy.OpenFor.TotalMilliseconds, policy.ProbesMax);
}

/// <summary>An agent in a list.</summary>
internal sealed record AgentSummaryResponse(string Name, AgentKind Kind, string? Description, ImmutableArray<string> Capabilities, int Instances, string? Disabled)
{
    public static AgentSummaryResponse Of(AgentRegistration agent) => new(
        agent.Name, agent.Kind, agent.Description, agent.Capabilities.IsDefault ? [] : agent.Capabilities, agent.Instances.IsDefault ? 0 : agent.Instances.Length, agent.Disabled);
}
