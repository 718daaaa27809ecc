using Orchestrator.Testing.Postgres;

namespace Orchestrator.Adapters.Tests.Postgres.Cluster;

public sealed class When_stream_messages_travel(ClusterStatements statements) : IClassFixture<ClusterStatements>
{
    private const int AttemptsMax = 3;
    private const int Week = 604_800;

    private readonly string service = statements.Fresh();

    [PostgresFact]
    public async Task they_are_taken_in_order_and_hidden_from_others_meanwhile()
    {
        var first = await SendAsync(1);
        var second = await SendAsync(2);
        await SendAsync(3);

        var taken = await TakeAsync(max: 2);
        taken.Select(row => row["MessageId"]).ShouldBe([first, second], ignoreOrder: true);
        taken.Select(row => row["Dequeued"]).Distinct().ShouldBe([1]);
        taken.Select(row => ((byte[])row["Payload"]!)[0]).ShouldBe([(byte)1, (byte)2], ignoreOrder: true);
        taken.ShouldAllBe(row => (DateTime)row["VisibleOn"]! > (DateTime)row["ModifiedOn"]! && (DateTime)row["CreatedOn"]! <= (DateTime)row["ModifiedOn"]!);
        (await TakeAsync()).ShouldHaveSingleItem();
        (await TakeAsync()).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task one_queue_does_not_see_the_messages_of_another()
    {
        await SendAsync(1, queue: "other");

        (await TakeAsync()).ShouldBeEmpty();
        (await TakeAsync(queue: "other")).ShouldHaveSingleItem();
    }

    [PostgresFact]
    public async Task many_who_take_at_once_get_each_message_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => SendAsync((byte)i)));

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync(max: 10)));

        taken.SelectMany(rows => rows).Select(row => row["MessageId"]).ShouldBeUnique();
        var rest = await TakeAsync(max: 100);
        (taken.Sum(rows => rows.Count) + rest.Count).ShouldBe(100);
    }

    [PostgresFact]
    public async Task a_receipt_ends_a_message_and_an_old_receipt_does_not()
    {
        var one = await SendAsync(1);
        var other = await SendAsync(2);
        await TakeAsync(hide: 0);
        await TakeAsync(hide: 0);

        (await ConfirmAsync($"{one}:1|{other}:2")).ShouldBe([other]);
        (await ConfirmAsync($"{other}:2")).ShouldBeEmpty();
        (await TakeAsync()).ShouldHaveSingleItem()["MessageId"].ShouldBe(one);
    }

    [PostgresFact]
    public async Task a_silo_that_stops_gives_back_what_it_had_taken()
    {
        var one = await SendAsync(1);
        await TakeAsync();
        (await TakeAsync()).ShouldBeEmpty();

        (await ConfirmAsync($"{one}:-1")).ShouldBe([one]);
        (await ConfirmAsync($"{one}:-1")).ShouldBe([one], "it is still the receipt of the last attempt");
        (await TakeAsync()).ShouldHaveSingleItem()["Dequeued"].ShouldBe(2);
        (await ConfirmAsync($"{one}:-1")).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task a_failed_message_is_tried_again_until_it_was_tried_enough()
    {
        var one = await SendAsync(1);
        for (var attempt = 1; attempt < AttemptsMax; attempt++)
        {
            (await TakeAsync()).ShouldHaveSingleItem()["Dequeued"].ShouldBe(attempt);
            await FailAsync(one);
        }

        (await TakeAsync()).ShouldHaveSingleItem()["Dequeued"].ShouldBe(AttemptsMax);
        (await DeadAsync()).ShouldBeEmpty();
        await FailAsync(one);

        (await TakeAsync()).ShouldBeEmpty();
        var dead = (await DeadAsync()).ShouldHaveSingleItem();
        dead["message_id"].ShouldBe(one);
        dead["dequeued"].ShouldBe(AttemptsMax);
        ((DateTime)dead["remove_on"]! - (DateTime)dead["dead_on"]!).ShouldBe(TimeSpan.FromSeconds(Week));
        await FailAsync(one);
        (await DeadAsync()).ShouldHaveSingleItem();
    }

    [PostgresFact]
    public async Task what_nobody_took_in_time_is_buried_and_forgotten_when_its_time_is_over()
    {
        await SendAsync(1, expires: 0);
        await SendAsync(2);
        (await TakeAsync(tidyEvery: 0)).ShouldHaveSingleItem();
        (await DeadAsync()).ShouldHaveSingleItem();

        await statements.AskAsync("EvictStreamDeadLettersKey", [.. Queue("q"), ("MaxCount", 10)]);
        (await DeadAsync()).ShouldHaveSingleItem("its week is not over");
        await SendAsync(3, expires: 0);
        await statements.AskAsync("EvictStreamMessagesKey", [.. Queue("q"), ("MaxCount", 10), ("MaxAttempts", AttemptsMax), ("RemovalTimeout", 0)]);
        (await DeadAsync()).Count.ShouldBe(2);
        await statements.AskAsync("EvictStreamDeadLettersKey", [.. Queue("q"), ("MaxCount", 10)]);
        (await DeadAsync()).ShouldHaveSingleItem();
    }

    [PostgresFact]
    public async Task a_message_under_way_is_not_buried_although_its_time_is_over()
    {
        var one = await SendAsync(1);
        await TakeAsync();
        await statements.RunAsync("UPDATE orleans.stream_messages SET expires_on = now() WHERE service_id = @ServiceId", [("ServiceId", service)]);

        await statements.AskAsync("EvictStreamMessagesKey", [.. Queue("q"), ("MaxCount", 10), ("MaxAttempts", AttemptsMax), ("RemovalTimeout", Week)]);

        (await DeadAsync()).ShouldBeEmpty();
        (await ConfirmAsync($"{one}:1")).ShouldBe([one]);
    }

    [PostgresFact]
    public async Task a_queue_is_tidied_once_in_an_interval()
    {
        await TakeAsync(tidyEvery: 3600);
        await SendAsync(1, expires: 0);

        await TakeAsync(tidyEvery: 3600);

        (await DeadAsync()).ShouldBeEmpty();
    }

    [PostgresFact]
    public async Task sending_taking_ending_failing_and_tidying_at_once_end_with_nothing_lost_and_no_deadlock()
    {
        var ended = 0;
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, 5).Select(async sender =>
            {
                for (var i = 0; i < 40; i++)
                {
                    await SendAsync((byte)i);
                }
            }),
            .. Enumerable.Range(0, 5).Select(async taker =>
            {
                for (var i = 0; i < 40; i++)
                {
                    var taken = await TakeAsync(max: 10, tidyEvery: 0, attempts: 1_000_000);
                    var receipts = taken.Where(row => (long)row["MessageId"]! % 3 != 0).Select(row => $"{row["MessageId"]}:{row["Dequeued"]}").ToArray();
                    Interlocked.Add(ref ended, receipts.Length == 0 ? 0 : (await ConfirmAsync(string.Join('|', receipts))).Count);
                    foreach (var row in taken.Where(row => (long)row["MessageId"]! % 3 == 0))
                    {
                        await FailAsync((long)row["MessageId"]!, attempts: 1_000_000);
                    }
                }
            }),
        ]);

        var rows = await statements.RunAsync("SELECT count(*) AS n FROM orleans.stream_messages WHERE service_id = @ServiceId", [("ServiceId", service)]);
        ((long)rows[0]["n"]! + ended).ShouldBe(200);
        (await DeadAsync()).ShouldBeEmpty();
    }

    private (string Name, object? Value)[] Queue(string queue) => [("ServiceId", service), ("ProviderId", "streams"), ("QueueId", queue)];

    private async Task<long> SendAsync(byte content, string queue = "q", int expires = 600) => (long)(await statements.AskAsync(
        "QueueStreamMessageKey", [.. Queue(queue), ("Payload", new[] { content }), ("ExpiryTimeout", expires)])).ShouldHaveSingleItem()["MessageId"]!;

    private Task<List<Dictionary<string, object?>>> TakeAsync(int max = 10, int hide = 60, string queue = "q", int tidyEvery = 3600, int attempts = AttemptsMax) => statements.AskAsync(
        "GetStreamMessagesKey",
        [
            .. Queue(queue), ("MaxCount", max), ("MaxAttempts", attempts), ("VisibilityTimeout", hide), ("RemovalTimeout", Week),
            ("EvictionInterval", tidyEvery), ("EvictionBatchSize", 1_000),
        ]);

    private async Task<List<long>> ConfirmAsync(string receipts) =>
        [.. (await statements.AskAsync("ConfirmStreamMessagesKey", [.. Queue("q"), ("Items", receipts)])).Select(row => (long)row["MessageId"]!)];

    private Task FailAsync(long message, int attempts = AttemptsMax) =>
        statements.AskAsync("FailStreamMessageKey", [.. Queue("q"), ("MessageId", message), ("MaxAttempts", attempts), ("RemovalTimeout", Week)]);

    private Task<List<Dictionary<string, object?>>> DeadAsync() =>
        statements.RunAsync("SELECT * FROM orleans.stream_dead_letters WHERE service_id = @ServiceId", [("ServiceId", service)]);
}
