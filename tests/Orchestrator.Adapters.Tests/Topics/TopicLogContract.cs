using System.Collections.Immutable;
using Orchestrator.Execution.Topics;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Topics;
using static Orchestrator.Testing.Topics.SampleEvents;

namespace Orchestrator.Adapters.Tests.Topics;

/// <summary>What every log of topics must do. Each store derives a class from it.</summary>
public abstract class TopicLogContract
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A topic of the test's own: a store may be shared between tests.</summary>
    private readonly TopicName topic = new("t-" + System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true));

    protected abstract ITopicLog Log { get; }

    private static CancellationToken None => CancellationToken.None;

    [StoreFact]
    public async Task events_are_numbered_from_one_in_their_order()
    {
        (await Append(Samples(1, 3))).ShouldBe([new(1, false), new(2, false), new(3, false)]);
        (await Append(Samples(4, 4))).ShouldBe([new(4, false)]);

        var page = await Log.ReadAsync(topic, after: 0, limit: 100, None);
        page.Events.Select(kept => kept.Number).ShouldBe([1, 2, 3, 4]);
        page.Events.Select(kept => kept.Event.Id).ShouldBe(["e-1", "e-2", "e-3", "e-4"]);
        (page.First, page.Last).ShouldBe((1, 4));
    }

    [StoreFact]
    public async Task an_event_comes_back_as_it_was()
    {
        var given = new CloudEvent(
            "a b/ü", "https://example.com/things?x=1", "com.example.thing", "thing 7", Payload.From(new { text = "naïve 😀", list = new[] { 1, 2 } }),
            ImmutableSortedDictionary<string, string>.Empty.Add("time", "2026-01-31T11:59:59Z").Add("traceparent", "00-abc"));
        await Append([given, given with { Id = "bare", Subject = null, Data = Payload.Null, Attributes = ImmutableSortedDictionary<string, string>.Empty }], Noon.AddTicks(12_345));

        var kept = (await Log.ReadAsync(topic, after: 0, limit: 2, None)).Events;
        kept[0].At.ShouldBe(Noon.AddTicks(12_345), tolerance: TimeSpan.FromMicroseconds(1));
        (kept[0].Event with { Attributes = given.Attributes }).ShouldBe(given);
        kept[0].Event.Attributes.ShouldBe(given.Attributes);
        kept[1].Event.Subject.ShouldBeNull();
        kept[1].Event.Data.IsNull.ShouldBeTrue();
        kept[1].Event.Attributes.ShouldBeEmpty();
    }

    [StoreFact]
    public async Task the_same_event_again_is_answered_with_the_number_it_has()
    {
        await Append(Samples(1, 2));

        (await Append([Sample(2), Sample(3), Sample(3), Sample(1)])).ShouldBe([new(2, true), new(3, false), new(3, true), new(1, true)]);
        (await Append([Sample(1, source: "/others")])).ShouldBe([new(4, false)]);
        (await Append([Sample(1)])).ShouldBe([new(1, true)]);

        (await Log.ReadAsync(topic, after: 0, limit: 100, None)).Events.Select(kept => kept.Number).ShouldBe([1, 2, 3, 4]);
    }

    [StoreFact]
    public async Task a_page_begins_after_a_number_and_is_as_long_as_asked_for()
    {
        await Append(Samples(1, 10));

        (await Log.ReadAsync(topic, after: 4, limit: 3, None)).Events.Select(kept => kept.Number).ShouldBe([5, 6, 7]);
        (await Log.ReadAsync(topic, after: 9, limit: 3, None)).Events.Select(kept => kept.Number).ShouldBe([10]);
        (await Log.ReadAsync(topic, after: 10, limit: 3, None)).Events.ShouldBeEmpty();
        (await Log.ReadAsync(topic, after: 10, limit: 3, None)).HasLost(10).ShouldBeFalse();
    }

    [StoreFact]
    public async Task a_topic_nobody_has_written_to_is_empty()
    {
        var page = await Log.ReadAsync(topic, after: 0, limit: 10, None);

        page.Events.ShouldBeEmpty();
        (page.First, page.Last).ShouldBe((1, 0));
        page.HasLost(0).ShouldBeFalse();
        (await Log.TrimAsync(topic, new TopicKept(Noon, 0), 10, None)).ShouldBe(0);
    }

    [StoreFact]
    public async Task what_is_too_old_goes_from_the_old_end_and_a_reader_is_told()
    {
        await Append(Samples(1, 2), Noon);
        await Append(Samples(3, 4), Noon.AddHours(1));

        (await Log.TrimAsync(topic, new TopicKept(Noon.AddMinutes(1), CountMax: 100), limit: 100, None)).ShouldBe(2);
        (await Log.TrimAsync(topic, new TopicKept(Noon.AddMinutes(1), CountMax: 100), limit: 100, None)).ShouldBe(0);

        var page = await Log.ReadAsync(topic, after: 0, limit: 100, None);
        page.Events.Select(kept => kept.Number).ShouldBe([3, 4]);
        (page.First, page.Last).ShouldBe((3, 4));
        (page.HasLost(0), page.HasLost(1), page.HasLost(2), page.HasLost(4), page.HasLost(5)).ShouldBe((true, true, false, false, true));
    }

    [StoreFact]
    public async Task what_is_too_much_goes_a_little_at_a_time()
    {
        await Append(Samples(1, 10), Noon);

        (await Log.TrimAsync(topic, new TopicKept(Noon, CountMax: 4), limit: 4, None)).ShouldBe(4);
        (await Log.ReadAsync(topic, after: 0, limit: 100, None)).First.ShouldBe(5);
        (await Log.TrimAsync(topic, new TopicKept(Noon, CountMax: 4), limit: 4, None)).ShouldBe(2);
        (await Log.TrimAsync(topic, new TopicKept(Noon, CountMax: 4), limit: 4, None)).ShouldBe(0);
        (await Log.ReadAsync(topic, after: 0, limit: 100, None)).Events.Select(kept => kept.Number).ShouldBe([7, 8, 9, 10]);
    }

    [StoreFact]
    public async Task numbers_go_on_where_they_were_when_everything_has_gone()
    {
        await Append(Samples(1, 3), Noon);
        (await Log.TrimAsync(topic, new TopicKept(Noon.AddHours(1), CountMax: 100), limit: 100, None)).ShouldBe(3);

        var empty = await Log.ReadAsync(topic, after: 0, limit: 100, None);
        (empty.First, empty.Last, empty.Events.Length).ShouldBe((4, 3, 0));
        empty.HasLost(2).ShouldBeTrue();
        empty.HasLost(3).ShouldBeFalse();

        // What has gone is not known any more, so it is taken as a new event.
        (await Append([Sample(1)])).ShouldBe([new(4, false)]);
        (await Log.ReadAsync(topic, after: 3, limit: 100, None)).First.ShouldBe(4);
    }

    [StoreFact]
    public async Task an_event_is_never_dated_before_the_one_before_it()
    {
        await Append(Samples(1, 1), Noon);
        await Append(Samples(2, 2), Noon.AddHours(-1));

        (await Log.ReadAsync(topic, after: 0, limit: 100, None)).Events.ShouldAllBe(kept => kept.At == Noon);
    }

    [StoreFact]
    public async Task topics_are_listed_by_name()
    {
        TopicName[] names = [new(topic + ".c"), new(topic + ".a"), new(topic + ".b")];
        foreach (var name in names)
        {
            await Log.AppendAsync(new TopicAppend(name, Samples(1, 2), Noon), None);
        }

        var first = await Log.ListAsync(topic, 2, None);
        first.Select(one => one.Name.Value).ShouldBe([topic + ".a", topic + ".b"]);
        first[0].ShouldBe(new TopicSummary(new TopicName(topic + ".a"), 1, 2, Noon));
        (await Log.ListAsync(first[^1].Name, 1, None)).Single().Name.Value.ShouldBe(topic + ".c");
    }

    [StoreFact]
    public async Task a_topic_more_than_there_may_be_is_not_begun()
    {
        await Append(Samples(1, 1));

        var outcome = await Log.AppendAsync(new TopicAppend(new TopicName(topic + ".more"), Samples(1, 1), Noon, TopicsMax: 1), None);

        outcome.ShouldBeOfType<TopicAppendOutcome.TooManyTopics>().Topics.ShouldBeGreaterThanOrEqualTo(1);
        (await Log.ReadAsync(new TopicName(topic + ".more"), 0, 10, None)).Last.ShouldBe(0);
        (await Log.AppendAsync(new TopicAppend(topic, Samples(2, 2), Noon, TopicsMax: 1), None)).ShouldBeOfType<TopicAppendOutcome.Appended>();
    }

    [StoreFact]
    public async Task an_append_without_events_is_a_fault() =>
        await Should.ThrowAsync<ArgumentException>(async () => await Log.AppendAsync(new TopicAppend(topic, [], Noon), None));

    [StoreFact]
    public async Task many_who_append_at_once_leave_no_gap_and_take_every_event_once()
    {
        const int writers = 8;
        const int each = 25;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                // Every writer sends its own event and one that all of them send.
                await Append([Sample(i, $"/writers/{writer}"), Sample(i, "/all")]);
            }
        })));

        var page = await Log.ReadAsync(topic, after: 0, limit: 1_000, None);
        page.Events.Select(kept => kept.Number).ShouldBe(Enumerable.Range(1, (writers + 1) * each).Select(number => (long)number));
        page.Events.Select(kept => (kept.Event.Source, kept.Event.Id)).Distinct().Count().ShouldBe((writers + 1) * each);
    }

    private async Task<ImmutableArray<TopicPlace>> Append(ImmutableArray<CloudEvent> events, DateTimeOffset? at = null) =>
        (await Log.AppendAsync(new TopicAppend(topic, events, at ?? Noon), None)).ShouldBeOfType<TopicAppendOutcome.Appended>().Places;
}
