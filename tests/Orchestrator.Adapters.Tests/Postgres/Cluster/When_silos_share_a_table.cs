using Orchestrator.Adapters.Postgres.Cluster;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres.Cluster;

public sealed class When_silos_share_a_table(ClusterStatements statements) : IClassFixture<ClusterStatements>
{
    private const int Joining = 2;
    private const int Active = 3;
    private const int Dead = 6;
    private static readonly DateTime Noon = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly string cluster = statements.Fresh();

    [PostgresFact]
    public void every_statement_the_providers_look_for_is_there() => statements.Keys.ShouldBe(
        [
            "GatewaysQueryKey", "MembershipReadRowKey", "MembershipReadAllKey", "InsertMembershipVersionKey", "UpdateIAmAlivetimeKey", "InsertMembershipKey",
            "UpdateMembershipKey", "DeleteMembershipTableEntriesKey", "CleanupDefunctSiloEntriesKey",
            "ReadReminderRowsKey", "ReadRangeRows1Key", "ReadRangeRows2Key", "ReadReminderRowKey", "UpsertReminderRowKey", "DeleteReminderRowKey", "DeleteReminderRowsKey",
            "QueueStreamMessageKey", "GetStreamMessagesKey", "ConfirmStreamMessagesKey", "FailStreamMessageKey", "EvictStreamMessagesKey", "EvictStreamDeadLettersKey",
            "WriteToStorageKey", "ReadFromStorageKey", "ClearStorageKey", "DeleteStorageKey",
        ],
        ignoreOrder: true);

    [PostgresFact]
    public async Task silos_that_start_together_make_the_tables_once()
    {
        await using var empty = await PostgresDatabase.CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClusterSchema.ApplyAsync(empty.ConnectionString, CancellationToken.None)));
        (await ClusterSchema.ReadLiveAddressesAsync(empty.ConnectionString, "any", CancellationToken.None)).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task a_cluster_begins_once_and_without_members()
    {
        (await BeginAsync()).ShouldBeTrue();
        (await BeginAsync()).ShouldBeFalse();

        var row = (await statements.AskAsync("MembershipReadAllKey", Cluster)).ShouldHaveSingleItem();
        row["Version"].ShouldBe(0);
        row["StartTime"].ShouldBeNull();
    }

    [PostgresFact]
    public async Task a_silo_joins_when_it_has_seen_the_newest_version()
    {
        await BeginAsync();

        (await JoinAsync("10.0.0.1", version: 0)).ShouldBeTrue();
        (await JoinAsync("10.0.0.2", version: 0)).ShouldBeFalse();
        (await JoinAsync("10.0.0.1", version: 1)).ShouldBeFalse("it is there already");
        (await JoinAsync("10.0.0.2", version: 1)).ShouldBeTrue();

        var rows = await statements.AskAsync("MembershipReadAllKey", Cluster);
        rows.Select(row => row["Address"]).ShouldBe(["10.0.0.1", "10.0.0.2"], ignoreOrder: true);
        rows.Select(row => row["Version"]).Distinct().ShouldBe([2]);
        var one = (await statements.AskAsync("MembershipReadRowKey", Silo("10.0.0.1"))).ShouldHaveSingleItem();
        one["Port"].ShouldBe(11111);
        one["Generation"].ShouldBe(7);
        one["SiloName"].ShouldBe("silo");
        one["HostName"].ShouldBe("host");
        one["Status"].ShouldBe(Joining);
        one["ProxyPort"].ShouldBe(30000);
        one["SuspectTimes"].ShouldBeNull();
        one["StartTime"].ShouldBe(Noon);
        one["IAmAliveTime"].ShouldBe(Noon);
    }

    [PostgresFact]
    public async Task of_many_who_join_at_once_one_is_let_in_for_each_version()
    {
        await BeginAsync();

        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => JoinAsync("10.0.1." + i, version: 0)));

        answers.Count(joined => joined).ShouldBe(1);
        (await statements.AskAsync("MembershipReadAllKey", Cluster)).ShouldHaveSingleItem()["Version"].ShouldBe(1);
    }

    [PostgresFact]
    public async Task a_silo_changes_under_the_version_that_was_seen_and_only_if_it_is_there()
    {
        await BeginAsync();
        await JoinAsync("10.0.0.1", version: 0);

        (await ChangeAsync("10.0.0.1", Active, version: 0)).ShouldBeFalse();
        (await ChangeAsync("10.0.0.9", Active, version: 1)).ShouldBeFalse();
        (await ChangeAsync("10.0.0.1", Active, version: 1, suspects: "10.0.0.2:11111@3,2026-08-01 12:00:00.000 GMT")).ShouldBeTrue();

        var row = (await statements.AskAsync("MembershipReadAllKey", Cluster)).ShouldHaveSingleItem();
        row["Version"].ShouldBe(2);
        row["Status"].ShouldBe(Active);
        row["SuspectTimes"].ShouldBe("10.0.0.2:11111@3,2026-08-01 12:00:00.000 GMT");
    }

    [PostgresFact]
    public async Task a_sign_of_life_changes_no_version()
    {
        await BeginAsync();
        await JoinAsync("10.0.0.1", version: 0);

        await statements.AskAsync("UpdateIAmAlivetimeKey", [.. Silo("10.0.0.1"), ("IAmAliveTime", Noon.AddMinutes(1))]);

        var row = (await statements.AskAsync("MembershipReadAllKey", Cluster)).ShouldHaveSingleItem();
        row["IAmAliveTime"].ShouldBe(Noon.AddMinutes(1));
        row["Version"].ShouldBe(1);
    }

    [PostgresFact]
    public async Task front_ends_are_told_of_working_silos_that_take_them()
    {
        await BeginAsync();
        await JoinAsync("10.0.0.1", version: 0);
        await JoinAsync("10.0.0.2", version: 1, gateway: 0);
        await JoinAsync("10.0.0.3", version: 2);
        await ChangeAsync("10.0.0.1", Active, version: 3);
        await ChangeAsync("10.0.0.2", Active, version: 4);

        var row = (await statements.AskAsync("GatewaysQueryKey", Cluster, ("Status", Active))).ShouldHaveSingleItem();
        row["Address"].ShouldBe("10.0.0.1");
        row["ProxyPort"].ShouldBe(30000);
        row["Generation"].ShouldBe(7);
        (await ClusterSchema.ReadLiveAddressesAsync(statements.ConnectionString, cluster, CancellationToken.None)).ShouldBe(["10.0.0.1", "10.0.0.2"], ignoreOrder: true);
    }

    [PostgresFact]
    public async Task the_long_dead_are_forgotten_and_nobody_else()
    {
        await BeginAsync();
        await JoinAsync("10.0.0.1", version: 0);
        await JoinAsync("10.0.0.2", version: 1);
        await JoinAsync("10.0.0.3", version: 2);
        await ChangeAsync("10.0.0.1", Dead, version: 3);
        await ChangeAsync("10.0.0.2", Dead, version: 4, alive: Noon.AddHours(1));

        await statements.AskAsync("CleanupDefunctSiloEntriesKey", Cluster, ("IAmAliveTime", Noon.AddMinutes(1)));

        (await statements.AskAsync("MembershipReadAllKey", Cluster)).Select(row => row["Address"]).ShouldBe(["10.0.0.2", "10.0.0.3"], ignoreOrder: true);
    }

    [PostgresFact]
    public async Task a_cluster_can_be_forgotten_as_a_whole()
    {
        await BeginAsync();
        await JoinAsync("10.0.0.1", version: 0);

        await statements.AskAsync("DeleteMembershipTableEntriesKey", Cluster);

        (await statements.AskAsync("MembershipReadAllKey", Cluster)).ShouldBeEmpty();
        (await BeginAsync()).ShouldBeTrue();
    }

    private (string Name, object? Value) Cluster => ("DeploymentId", cluster);

    private Task<bool> BeginAsync() => statements.SucceedsAsync("InsertMembershipVersionKey", Cluster);

    private (string Name, object? Value)[] Silo(string address) => [Cluster, ("Address", address), ("Port", 11111), ("Generation", 7)];

    private Task<bool> JoinAsync(string address, int version, int gateway = 30000) => statements.SucceedsAsync(
        "InsertMembershipKey",
        [.. Silo(address), ("SiloName", "silo"), ("HostName", "host"), ("Status", Joining), ("ProxyPort", gateway), ("StartTime", Noon), ("IAmAliveTime", Noon), ("Version", version)]);

    private Task<bool> ChangeAsync(string address, int status, int version, string? suspects = null, DateTime? alive = null) => statements.SucceedsAsync(
        "UpdateMembershipKey",
        [.. Silo(address), ("Status", status), ("SuspectTimes", suspects), ("IAmAliveTime", alive ?? Noon), ("Version", version)]);
}
