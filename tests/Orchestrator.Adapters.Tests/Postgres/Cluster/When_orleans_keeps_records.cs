using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres.Cluster;

public sealed class When_orleans_keeps_records(ClusterStatements statements) : IClassFixture<ClusterStatements>
{
    private readonly string service = statements.Fresh();

    [PostgresFact]
    public async Task what_was_written_is_read()
    {
        (await ReadAsync("a")).ShouldBeEmpty();

        (await WriteAsync("a", null, [1])).ShouldBe(1);
        (await WriteAsync("a", 1, [2, 3])).ShouldBe(2);

        var row = (await ReadAsync("a")).ShouldHaveSingleItem();
        row["PayloadBinary"].ShouldBe(new byte[] { 2, 3 });
        row["Version"].ShouldBe(2);
        (await ReadAsync(null)).ShouldBeEmpty();
        (await ReadAsync("a", n1: 5)).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task whoever_has_not_read_the_newest_version_is_told_nothing()
    {
        await WriteAsync("a", null, [1]);
        await WriteAsync("a", 1, [2]);

        (await WriteAsync("a", null, [9])).ShouldBeNull();
        (await WriteAsync("a", 1, [9])).ShouldBeNull();
        (await WriteAsync("b", 1, [9])).ShouldBeNull();
        (await EndAsync("ClearStorageKey", "a", 1)).ShouldBeNull();
        (await EndAsync("DeleteStorageKey", "a", 1)).ShouldBeNull();
        (await ReadAsync("a")).ShouldHaveSingleItem()["PayloadBinary"].ShouldBe(new byte[] { 2 });
    }

    [PostgresFact]
    public async Task of_many_first_writes_at_once_one_counts()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => WriteAsync("a", null, [(byte)i])));

        answers.Count(version => version == 1).ShouldBe(1);
        answers.Count(version => version is null).ShouldBe(19);
    }

    [PostgresFact]
    public async Task a_cleared_record_keeps_its_version_and_a_deleted_one_begins_anew()
    {
        await WriteAsync("a", null, [1]);
        (await EndAsync("ClearStorageKey", "a", 1)).ShouldBe(2);
        var row = (await ReadAsync("a")).ShouldHaveSingleItem();
        row["PayloadBinary"].ShouldBeNull();
        row["Version"].ShouldBe(2);
        (await WriteAsync("a", 2, [3])).ShouldBe(3);

        (await EndAsync("DeleteStorageKey", "a", 3)).ShouldBe(4);
        (await ReadAsync("a")).ShouldBeEmpty();
        (await WriteAsync("a", null, [4])).ShouldBe(1);
    }

    private Task<List<Dictionary<string, object?>>> ReadAsync(string? key, long n1 = 0) => statements.AskAsync("ReadFromStorageKey", Record(key, n1));

    private async Task<int?> WriteAsync(string? key, int? version, byte[] payload) => Version(await statements.AskAsync(
        "WriteToStorageKey", [.. Record(key, 0), ("GrainStateVersion", version), ("PayloadBinary", payload)]));

    private async Task<int?> EndAsync(string statement, string key, int version) => Version(await statements.AskAsync(statement, [.. Record(key, 0), ("GrainStateVersion", version)]));

    private static int? Version(List<Dictionary<string, object?>> rows) => rows.SingleOrDefault() is { } row ? (int?)row["NewGrainStateVersion"] : null;

    private (string Name, object? Value)[] Record(string? key, long n1) =>
        [("GrainIdHash", 1), ("GrainIdN0", 0L), ("GrainIdN1", n1), ("GrainTypeHash", 2), ("GrainTypeString", "listeners"), ("GrainIdExtensionString", key), ("ServiceId", service)];
}
