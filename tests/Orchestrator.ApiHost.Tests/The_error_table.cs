using System.Runtime.CompilerServices;
using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Tests;

public sealed class The_error_table
{
    [Fact]
    public void has_one_row_for_each_code()
    {
        ProblemCatalog.All.Select(kind => kind.Code).Distinct().Count().ShouldBe(ProblemCatalog.All.Length);
        ProblemCatalog.All.Select(kind => kind.Slug).Distinct().Count().ShouldBe(ProblemCatalog.All.Length);
        ProblemCatalog.All.ShouldAllBe(kind => kind.Status >= 400 && kind.Status <= 599);
    }

    [Fact]
    public void is_printed_in_the_documentation_as_it_is()
    {
        var rows = File.ReadAllLines(DocumentPath()).Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|').Length > 4 && int.TryParse(line.Split('|')[2], out _));
        rows.ShouldBe(ProblemCatalog.All.Select(kind => $"| `{kind.Code}` | {kind.Status} | {(kind.Retryable ? "yes" : "no")} | {kind.Meaning} |"));
    }

    [Theory]
    [InlineData("workflow.exists", 409)]
    [InlineData("workflow.not_found", 404)]
    [InlineData("workflow.finished", 409)]
    [InlineData("workflow.not_failed", 409)]
    [InlineData("workflow.compensating", 409)]
    [InlineData("idempotency.key_reused", 422)]
    [InlineData("step.not_found", 404)]
    [InlineData("step.not_waiting", 409)]
    [InlineData("approval.decided", 409)]
    [InlineData("approval.not_allowed", 403)]
    [InlineData("signal.too_many", 429)]
    [InlineData("storage.unavailable", 503)]
    [InlineData("storage.full", 507)]
    [InlineData("plan.version", 412)]
    [InlineData("plan.not_found", 404)]
    [InlineData("plan.too_many", 409)]
    [InlineData("agent.version", 412)]
    [InlineData("agent.not_found", 404)]
    [InlineData("agent.invalid", 422)]
    [InlineData("agent.declared", 409)]
    [InlineData("agent.too_many", 409)]
    [InlineData("agent.unavailable", 503)]
    [InlineData("agent.disabled", 503)]
    [InlineData("agent.queue_full", 429)]
    [InlineData("agent.rate_limited", 429)]
    [InlineData("pattern.unknown", 404)]
    [InlineData("request.no_agent", 503)]
    [InlineData("route.unknown", 404)]
    [InlineData("route.declared", 409)]
    [InlineData("route.pattern_taken", 409)]
    [InlineData("route.too_many", 409)]
    [InlineData("route.version", 412)]
    [InlineData("route.invalid", 422)]
    [InlineData("schedule.not_found", 404)]
    [InlineData("schedule.too_many", 409)]
    [InlineData("schedule.version", 412)]
    [InlineData("schedule.invalid", 422)]
    [InlineData("schedule.too_many_windows", 422)]
    [InlineData("topic.too_many", 409)]
    [InlineData("topic.batch", 413)]
    [InlineData("topic.event_too_large", 413)]
    [InlineData("topic.busy", 429)]
    public void knows_every_refusal_of_the_grains(string code, int status) => ProblemCatalog.Find(code).Status.ShouldBe(status);

    private static string DocumentPath([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "api.md");
}
