using System.Security.Cryptography;
using System.Text.Json;

namespace Orchestrator.Execution.Routing;

/// <summary>Asks a judge with bounded patience, and keeps what it said for those who ask the same again.</summary>
/// <remarks>Not safe for concurrent callers, except that calls may interleave where one waits. What is kept is lost with the process.</remarks>
public sealed class RouteJudging(IRouteJudge? judge, RouteJudgingPolicy policy, TimeProvider clock)
{
    private readonly Dictionary<string, LinkedListNode<Kept>> byQuestion = new(StringComparer.Ordinal);
    private readonly LinkedList<Kept> oldestFirst = new();

    /// <summary>What the model said, or why it could not be heard; null when no model is configured. Never throws for what a judge does.</summary>
    public async ValueTask<(RouteJudgement? Judgement, bool FromMemory)> AskAsync(RouteQuestion question, CancellationToken cancellationToken)
    {
        if (judge is null)
        {
            return (null, false);
        }

        if (question.Request.History.IsDefault)
        {
            question = question with { Request = question.Request with { History = [] } };
        }

        var key = KeyOf(question);
        if (byQuestion.TryGetValue(key, out var kept))
        {
            if (clock.GetUtcNow() - kept.Value.At < policy.KeptFor)
            {
                return (kept.Value.Judgement, true);
            }

            Forget(kept);
        }

        var judgement = await HearAsync(judge, question, cancellationToken);
        if (judgement is RouteJudgement.Chosen)
        {
            Keep(key, judgement);
        }

        return (judgement, false);
    }

    private async ValueTask<RouteJudgement?> HearAsync(IRouteJudge heard, RouteQuestion question, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(policy.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            // A judge that does not look at its token must not hold the request up.
            return await heard.JudgeAsync(question, either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new RouteJudgement.Unusable(FormattableString.Invariant($"The model did not answer within {policy.Patience.TotalSeconds} s."));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Routing works without a model, so a model that breaks its contract must not end a request.
            return new RouteJudgement.Unusable($"The model could not be asked ({exception.GetType().Name}).");
        }
    }

    private void Keep(string key, RouteJudgement judgement)
    {
        if (byQuestion.Remove(key, out var before))
        {
            oldestFirst.Remove(before);
        }

        while (byQuestion.Count >= policy.KeptMax && oldestFirst.First is { } oldest)
        {
            Forget(oldest);
        }

        if (policy.KeptMax > 0)
        {
            byQuestion[key] = oldestFirst.AddLast(new Kept(key, judgement, clock.GetUtcNow()));
        }
    }

    private void Forget(LinkedListNode<Kept> kept)
    {
        byQuestion.Remove(kept.Value.Key);
        oldestFirst.Remove(kept);
    }

    private static string KeyOf(RouteQuestion question) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(question)));

    private sealed record Kept(string Key, RouteJudgement Judgement, DateTimeOffset At);
}

/// <param name="Patience">How long a model may take.</param>
/// <param name="KeptMax">Answers kept; none when 0. The oldest goes first.</param>
/// <param name="KeptFor">How long an answer stands for the same question.</param>
public sealed record RouteJudgingPolicy(TimeSpan Patience, int KeptMax, TimeSpan KeptFor)
{
    public static RouteJudgingPolicy Default { get; } = new(TimeSpan.FromSeconds(10), 1_000, TimeSpan.FromMinutes(5));
}
