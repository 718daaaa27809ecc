using System.Globalization;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Sqlite;

public sealed class When_a_process_is_killed_in_the_middle_of_its_appends
{
    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(5_000)]
    public async Task nothing_acknowledged_is_lost_and_no_append_is_half_there(int acknowledgedBefore)
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new Dictionary<int, long>();
        using (var process = DoomedProcess.Start("append", folder.Path))
        {
            for (var i = 0; i < acknowledgedBefore; i++)
            {
                Note(await process.StandardOutput.ReadLineAsync());
            }

            process.Kill();
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                Note(line);
            }

            await process.WaitForExitAsync();
        }

        await using var open = OpenStore.In(folder.Path);
        acknowledged.Count.ShouldBeGreaterThan(0);
        foreach (var (number, version) in acknowledged)
        {
            var row = (await open.Store.Index.FindAsync(Id(number), CancellationToken.None)).ShouldNotBeNull();
            row.Version.ShouldBeGreaterThanOrEqualTo(version);
        }

        // Whatever is there, acknowledged or not, is whole: the row, its events and the counters agree.
        var rows = await Rows(open);
        foreach (var row in rows)
        {
            var history = await open.Store.Journal.ReadAsync(row.Id, after: 0, limit: 100, CancellationToken.None);
            history.Select(entry => entry.Number).ShouldBe(Enumerable.Range(1, (int)row.Version).Select(n => (long)n));
            row.Version.ShouldBeOneOf(1, 2, 4);
        }

        (await open.Store.Index.CountAsync(CancellationToken.None))
            .ShouldBe(rows.CountBy(row => row.Status).ToDictionary(pair => pair.Key, pair => (long)pair.Value), ignoreOrder: true);
        open.Store.Epoch.Current.ShouldBe(2);

        void Note(string? line)
        {
            // The last line may be cut by the kill; then its append may be missing too.
            if (line?.Split(' ') is [var number, { Length: > 0 } version])
            {
                acknowledged[int.Parse(number, CultureInfo.InvariantCulture)] = long.Parse(version, CultureInfo.InvariantCulture);
            }
        }
    }

    private static async Task<List<WorkflowSummary>> Rows(OpenStore open)
    {
        var rows = new List<WorkflowSummary>();
        WorkflowPosition? after = null;
        do
        {
            var page = await open.Store.Index.ListAsync(new WorkflowQuery(After: after, Limit: 200), CancellationToken.None);
            rows.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        return rows;
    }
}
