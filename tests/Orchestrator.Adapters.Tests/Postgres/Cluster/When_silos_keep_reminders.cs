using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres.Cluster;

public sealed class When_silos_keep_reminders(ClusterStatements statements) : IClassFixture<ClusterStatements>
{
    private static readonly DateTime Noon = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly string service = statements.Fresh();

    [PostgresFact]
    public async Task a_reminder_is_kept_and_changed_under_a_new_version()
    {
        (await PutAsync("bell/a", "noon", hash: 5, period: 60_000)).ShouldBe(0);
        (await PutAsync("bell/a", "noon", hash: 5, period: 5_000_000_000L)).ShouldBe(1);
        await PutAsync("bell/a", "night", hash: 5, period: 60_000);

        var row = (await statements.AskAsync("ReadReminderRowKey", Service, ("GrainId", "bell/a"), ("ReminderName", "noon"))).ShouldHaveSingleItem();
        row["GrainId"].ShouldBe("bell/a");
        row["ReminderName"].ShouldBe("noon");
        row["StartTime"].ShouldBe(Noon);
        row["Period"].ShouldBe(5_000_000_000L);
        row["Version"].ShouldBe(1);
        (await statements.AskAsync("ReadReminderRowsKey", Service, ("GrainId", "bell/a"))).Count.ShouldBe(2);
        (await statements.AskAsync("ReadReminderRowKey", Service, ("GrainId", "bell/b"), ("ReminderName", "noon"))).ShouldBeEmpty();
    }

    [PostgresTheory]
    [InlineData("ReadRangeRows1Key", -10, 10, "-9 0 10")]
    [InlineData("ReadRangeRows2Key", 10, -10, "-2147483648 -10 11 2147483647")]
    [InlineData("ReadRangeRows2Key", 3, 3, "-2147483648 -10 -9 0 10 11 2147483647")]
    public async Task a_silo_reads_its_part_of_the_ring(string key, int begin, int end, string expected)
    {
        foreach (var hash in (int[])[int.MinValue, -10, -9, 0, 10, 11, int.MaxValue])
        {
            await PutAsync("bell/" + hash, "noon", hash, period: 60_000);
        }

        var rows = await statements.AskAsync(key, Service, ("BeginHash", begin), ("EndHash", end));

        rows.Select(row => (string)row["GrainId"]!).ShouldBe(expected.Split(' ').Select(hash => "bell/" + hash), ignoreOrder: true);
    }

    [PostgresFact]
    public async Task a_reminder_is_removed_by_whoever_knows_its_version()
    {
        await PutAsync("bell/a", "noon", hash: 5, period: 60_000);

        (await RemoveAsync("bell/a", "noon", version: 3)).ShouldBeFalse();
        (await RemoveAsync("bell/a", "noon", version: 0)).ShouldBeTrue();
        (await RemoveAsync("bell/a", "noon", version: 0)).ShouldBeFalse();

        await PutAsync("bell/b", "noon", hash: 5, period: 60_000);
        await statements.AskAsync("DeleteReminderRowsKey", Service);
        (await statements.AskAsync("ReadReminderRowsKey", Service, ("GrainId", "bell/b"))).ShouldBeEmpty();
    }

    private (string Name, object? Value) Service => ("ServiceId", service);

    private async Task<int> PutAsync(string grain, string name, int hash, object period) => (int)(await statements.AskAsync(
        "UpsertReminderRowKey",
        Service, ("GrainHash", hash), ("GrainId", grain), ("ReminderName", name), ("StartTime", Noon), ("Period", period))).ShouldHaveSingleItem()["Version"]!;

    private Task<bool> RemoveAsync(string grain, string name, int version) =>
        statements.SucceedsAsync("DeleteReminderRowKey", Service, ("GrainId", grain), ("ReminderName", name), ("Version", version));
}
