using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Requests;
using Orchestrator.Decisions.Analytics;
using Orchestrator.Grains;
using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.ApiHost.Analytics;

/// <summary><c>GET /api/v1/plans/{name}/analytics</c>: what a plan's finished workflows tell of it, worked out from their own records when it is asked.</summary>
internal static class PlanAnalytics
{
    private const int ReadAtOnce = 16;
    private const int PointerLengthMax = 200;

    private static readonly ImmutableArray<WorkflowStatus> Final = [WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.TimedOut, WorkflowStatus.Cancelled];

    public static void MapPlanAnalytics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/plans/{name}/analytics", GetAsync)
            .WithName("getPlanAnalytics")
            .WithSummary("What a plan's finished workflows tell of it")
            .WithDescription("Of the newest finished workflows (`runs`, at most `Api:AnalyticsRunsMax`), for each version of the plan: durations, the steps that decide "
                + "how long it takes, how much runs side by side, and which steps could run side by side and do not. `name` is a plan of the catalogue, or the id of a plan "
                + "that workflows brought along. `outcome`, a JSON Pointer into the output, adds how a number there goes with the time a workflow took.")
            .Produces<PlanAnalyticsResponse>();

    private static async Task<IResult> GetAsync(
        string name,
        IGrainFactory grains,
        IOptions<ApiOptions> options,
        [FromQuery(Name = "runs")] string? runsText,
        [FromQuery(Name = "outcome")] string? outcome,
        CancellationToken cancellationToken)
    {
        var check = new RequestCheck();
        var runs = check.Number("runs", runsText, least: 1) ?? options.Value.AnalyticsRunsMax;
        if (outcome is not null && (outcome.Length > PointerLengthMax || !outcome.StartsWith('/')))
        {
            check.Parameter("outcome", $"A JSON Pointer begins with '/' and has at most {PointerLengthMax} characters, such as /score; found '{RequestCheck.Shown(outcome)}'.");
        }

        if (check.Problem is { } problem)
        {
            return problem;
        }

        var page = await grains.WorkflowIndex().ListAsync(new WorkflowQuery(Final, Plan: name, Limit: (int)Math.Min(runs, options.Value.AnalyticsRunsMax)), cancellationToken);
        var views = new ConcurrentBag<WorkflowView>();
        await Parallel.ForEachAsync(page.Items, new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancellationToken }, async (row, cancelled) =>
        {
            if (await grains.Workflow(row.Id).GetAsync(cancelled) is { FinishedAt: not null } view)
            {
                views.Add(view);
            }
        });

        // A plan that is in no catalogue has no versions; its text tells one from another.
        var versions = views
            .GroupBy(view => view.PlanVersion is { } version ? FormattableString.Invariant($"v{version}") : System.Text.Encoding.UTF8.GetString(PlanText.Write(view.Plan).Utf8.Span), StringComparer.Ordinal)
            .OrderByDescending(group => group.Max(view => view.CreatedAt))
            .Select(group => PlanVersionAnalytics.Of([.. group.OrderByDescending(view => view.CreatedAt)], outcome));
        return Results.Json(new PlanAnalyticsResponse(name, [.. versions]), ApiJson.Responses);
    }
}

/// <param name="Versions">That of the newest workflow first.</param>
internal sealed record PlanAnalyticsResponse(string Plan, ImmutableArray<PlanVersionAnalytics> Versions);

/// <summary>What the workflows of one version tell.</summary>
/// <param name="Version">Null for a plan that workflows brought along.</param>
/// <param name="CriticalPath">The steps that most often decided how long it took, first to last.</param>
/// <param name="Parallelism">Time in steps over time in all: 1 when one step runs at a time.</param>
/// <param name="Runs">Each workflow that was looked at (S3-42), the newest first.</param>
internal sealed record PlanVersionAnalytics(
    int? Version,
    int Completed,
    double SuccessRate,
    DurationsResponse? Duration,
    ImmutableArray<StepAnalyticsResponse> Steps,
    ImmutableArray<string> CriticalPath,
    double Parallelism,
    ImmutableArray<SuggestionResponse> Suggestions,
    OutcomeResponse? Outcome,
    ImmutableArray<RunResponse> Runs)
{
    public static PlanVersionAnalytics Of(ImmutableArray<WorkflowView> runs, string? outcome)
    {
        var analysis = PlanAnalysis.Of(runs[0].Plan, runs);
        return new(
            runs[0].PlanVersion,
            analysis.Completed,
            Math.Round((double)analysis.Completed / analysis.Runs, 4),
            DurationsResponse.Of(analysis.Duration),
            [.. analysis.Steps.Select(step => new StepAnalyticsResponse(step.Id, DurationsResponse.Of(step.Duration), step.Failures, Math.Round(step.Attempts, 2)))],
            analysis.CriticalPath,
            Math.Round(analysis.Parallelism, 3),
            [.. analysis.Suggestions.Select(suggestion => new SuggestionResponse(suggestion.Earlier, suggestion.Later, (long)suggestion.Saves.TotalMilliseconds, suggestion.Sentence))],
            outcome is null ? null : OutcomeResponse.Of(outcome, runs),
            [
                .. runs.Select(run => new RunResponse(
                    run.Id.Value,
                    run.FinishedAt!.Value,
                    (long)(run.FinishedAt.Value - run.CreatedAt).TotalMilliseconds,
                    run.Status == WorkflowStatus.Completed,
                    run.Steps.Length,
                    run.Steps.Count(step => step.Status is StepStatus.Failed or StepStatus.TimedOut))),
            ]);
    }
}

internal sealed record DurationsResponse(int Count, long MeanMs, long MedianMs, long P95Ms, long LongestMs)
{
    public static DurationsResponse? Of(Durations? durations) => durations is null ? null : new(
        durations.Count, (long)durations.Mean.TotalMilliseconds, (long)durations.Median.TotalMilliseconds, (long)durations.P95.TotalMilliseconds, (long)durations.Longest.TotalMilliseconds);
}

/// <param name="Failures">Workflows in which it did not succeed in the end.</param>
/// <param name="Attempts">The mean.</param>
internal sealed record StepAnalyticsResponse(string Id, DurationsResponse? Duration, int Failures, double Attempts);

/// <param name="Earlier">Runs before <paramref name="Later"/> now, and need not.</param>
internal sealed record SuggestionResponse(string Earlier, string Later, long SavesMs, string Sentence);

/// <param name="Runs">Completed workflows that have a number there.</param>
/// <param name="Correlation">Pearson's r of the number and the time taken, −1 to 1; null where it cannot be told.</param>
internal sealed record OutcomeResponse(string Pointer, int Runs, double Mean, double? Correlation)
{
    public static OutcomeResponse Of(string pointer, IEnumerable<WorkflowView> runs)
    {
        var found = OutcomeAnalysis.Of([.. runs.Select(run => (OutcomeAnalysis.DurationOf(run), NumberAt(run, pointer))).Where(pair => pair is ({ }, { })).Select(pair => (pair.Item1!.Value, pair.Item2!.Value))]);
        return new(pointer, found.Runs, Math.Round(found.Mean, 6), found.Correlation is { } r ? Math.Round(r, 4) : null);
    }

    // RFC 6901.
    private static double? NumberAt(WorkflowView run, string pointer)
    {
        if (run.Output is not { } output)
        {
            return null;
        }

        using var document = output.Parse();
        var here = document.RootElement;
        foreach (var token in pointer[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (here.ValueKind == JsonValueKind.Object && here.TryGetProperty(token, out var member))
            {
                here = member;
            }
            else if (here.ValueKind == JsonValueKind.Array && int.TryParse(token, out var at) && at >= 0 && at < here.GetArrayLength())
            {
                here = here[at];
            }
            else
            {
                return null;
            }
        }

        return here.ValueKind == JsonValueKind.Number && here.TryGetDouble(out var number) ? number : null;
    }
}

/// <param name="Steps">Known by its end.</param>
/// <param name="Errors">Steps that failed.</param>
internal sealed record RunResponse(string Id, DateTimeOffset Timestamp, long DurationMs, bool Success, int Steps, int Errors);
