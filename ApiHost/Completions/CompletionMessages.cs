using Orchestrator.ApiHost.Requests;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.ApiHost.Completions;

/// <summary>How an attempt ended that its agent had taken on: exactly one of the two.</summary>
/// <param name="Output">The result, any JSON value.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="Usage">What it took of language models; it stands with the step, and in the sum of its workflow.</param>
internal sealed record CompletionRequest(Payload? Output = null, CompletionError? Error = null, CompletionUsage? Usage = null);

/// <param name="TokensIn">Tokens of the prompts, 0 to 10¹².</param>
/// <param name="TokensOut">Tokens of the completions, 0 to 10¹².</param>
/// <param name="Requests">Requests made to models: 0 to 1,000,000; 1 without one.</param>
/// <param name="Cost">In the currency of the agent's prices: 0 to 10¹².</param>
/// <param name="Model">The model that answered last: 1 to 200 characters.</param>
internal sealed record CompletionUsage(long TokensIn, long TokensOut, int Requests = 1, decimal? Cost = null, string? Model = null)
{
    private const long TokensMax = 1_000_000_000_000;
    private const int RequestsMax = 1_000_000;
    private const int ModelLengthMax = 200;

    public CallUsage Read(RequestCheck check)
    {
        Bound(check, "tokensIn", TokensIn, TokensMax);
        Bound(check, "tokensOut", TokensOut, TokensMax);
        Bound(check, "requests", Requests, RequestsMax);
        Bound(check, "cost", Cost ?? 0, TokensMax);
        if (Model is { Length: 0 or > ModelLengthMax })
        {
            check.Member("/usage/model", FormattableString.Invariant($"A model has 1 to {ModelLengthMax} characters, found {Model.Length}."));
        }

        return new CallUsage(Requests, TokensIn, TokensOut, Cost, Model);
    }

    private static void Bound(RequestCheck check, string name, decimal value, long max)
    {
        if (value < 0 || value > max)
        {
            check.Member("/usage/" + name, FormattableString.Invariant($"'{name}' is 0 to {max:N0}, found {value}."));
        }
    }
}

/// <param name="Code">A stable name, 1 to 128 letters, digits, '.', '_' and '-'; <c>agent.error</c> without one.</param>
/// <param name="Message">For people: 1 to 4,096 characters.</param>
/// <param name="Retryable">Whether another attempt may do better; true without one.</param>
/// <param name="RetryAfterMs">The earliest moment for the next attempt, in milliseconds from now, up to a day.</param>
internal sealed record CompletionError(string? Code = null, string? Message = null, bool Retryable = true, long? RetryAfterMs = null)
{
    private const int CodeLengthMax = 128;
    private const int MessageLengthMax = 4_096;
    private const long RetryAfterMsMax = 86_400_000;

    public StepFailure Failure(RequestCheck check)
    {
        if (Code is not null && (Code.Length is 0 or > CodeLengthMax || Code.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))))
        {
            check.Member("/error/code", $"A code has 1 to {CodeLengthMax} letters, digits, '.', '_' and '-', found '{RequestCheck.Shown(Code)}'.");
        }

        if (Message is not { Length: > 0 and <= MessageLengthMax })
        {
            check.Member("/error/message", FormattableString.Invariant($"A message has 1 to {MessageLengthMax} characters, found {Message?.Length ?? 0}."));
        }

        if (RetryAfterMs is < 0 or > RetryAfterMsMax)
        {
            check.Member("/error/retryAfterMs", FormattableString.Invariant($"The pause is 0 to {RetryAfterMsMax:N0} ms, found {RetryAfterMs:N0}."));
        }

        return new StepFailure(Code ?? AgentFailures.Error, Message ?? "", Retryable, RetryAfterMs is { } pause ? TimeSpan.FromMilliseconds(pause) : null);
    }
}

/// <summary>An agent is still at an attempt it took on.</summary>
/// <param name="Progress">0 to 1.</param>
/// <param name="Message">What it is at, for people: up to 1,024 characters.</param>
internal sealed record HeartbeatRequest(double? Progress = null, string? Message = null)
{
    private const int MessageLengthMax = 1_024;

    public Heartbeat Read(RequestCheck check)
    {
        if (Progress is { } progress && progress is not (>= 0 and <= 1))
        {
            check.Member("/progress", FormattableString.Invariant($"Progress is 0 to 1, found {progress}."));
        }

        if (Message is { Length: 0 or > MessageLengthMax })
        {
            check.Member("/message", FormattableString.Invariant($"A message has 1 to {MessageLengthMax} characters, found {Message.Length}."));
        }

        return new Heartbeat(Progress, Message);
    }
}

/// <summary>The agent's word was taken.</summary>
/// <param name="Deadline">Until when the agent is waited for; null where the attempt is decided.</param>
internal sealed record CompletionResponse(string Workflow, string Step, int Attempt, DateTimeOffset? Deadline);
