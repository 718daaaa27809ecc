using System.Collections.Immutable;
using Orchestrator.Adapters.Postgres.Connections;
using Orchestrator.Vocabulary.Workflows;

namespace Orchestrator.Adapters.Postgres.Writing;

/// <summary>The writers of this process.</summary>
internal sealed class AppendLanes
{
    /// <summary>Counters have so many slots; writers beyond share them, and wait for each other.</summary>
    private const int Slots = 64;

    private ImmutableArray<AppendLane> lanes = [];

    public WriterStatistics Statistics => lanes.Select(lane => lane.Statistics).Aggregate(new WriterStatistics(0, 0, 0, 0), (one, other) =>
        new(one.Commits + other.Commits, one.Writes + other.Writes, one.Refused + other.Refused, one.Races + other.Races));

    public void Open(PostgresSource source, PostgresOptions options, long epoch, StorageLog log, TimeProvider clock, Random random) =>
        lanes = [.. Enumerable.Range(0, options.Writers).Select(lane => new AppendLane(
            source, options, (int)(((epoch * options.Writers) + lane) % Slots), log, clock, new Random(random.Next())))];

    /// <summary>One workflow's appends take one lane, so that they never wait for each other's locks.</summary>
    public AppendLane Of(WorkflowId workflow) =>
        lanes.Length > 0
            ? lanes[(int)((uint)workflow.GetHashCode() % (uint)lanes.Length)]
            : throw new InvalidOperationException("The store is used before it has been opened.");

    public Task StopAsync() => Task.WhenAll(lanes.Select(lane => lane.StopAsync()));
}
