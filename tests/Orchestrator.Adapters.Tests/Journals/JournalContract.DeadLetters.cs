using Orchestrator.Vocabulary.Steps;
using Orchestrator.Vocabulary.Workflows;
using static Orchestrator.Testing.Journals.SampleAppends;

namespace Orchestrator.Adapters.Tests.Journals;

public abstract partial class JournalContract
{
    [StoreFact]
    public async Task dead_letters_are_listed_newest_first_and_remember_who_did_their_work_again()
    {
        for (var n = 1; n <= 3; n++)
        {
            await Kept(Fail(await Kept(Start(await Kept(Accept(Id(n))))), Noon.AddMinutes(n)));
        }

        var first = await Index.DeadLettersAsync(DeadLetterFilter.None, after: null, limit: 2, None);
        first.Select(letter => letter.Workflow).ShouldBe([Id(3), Id(2)]);
        (await Index.DeadLettersAsync(DeadLetterFilter.None, first[^1].Id, limit: 2, None)).Select(letter => letter.Workflow).ShouldBe([Id(1)]);

        var expected = new DeadLetter(
            Id(3), Fetch, "fetcher", "fetch", new StepFailure("agent.refused", "The agent said no.", Retryable: false), 1, false, Noon.AddMinutes(3));
        first[0].ShouldBe(expected);

        await Index.MarkRedrivenAsync(Id(3), Fetch, Id(9), None);
        await Index.MarkRedrivenAsync(Id(3), Fetch, Id(9), None);
        (await Index.FindDeadLetterAsync(Id(3), Fetch, None)).ShouldBe(expected with { RedrivenAs = Id(9) });
        (await Index.FindDeadLetterAsync(Id(3), new StepPath("other"), None)).ShouldBeNull();
    }

    [StoreFact]
    public async Task dead_letters_are_found_by_what_they_are()
    {
        for (var n = 1; n <= 6; n++)
        {
            var failed = Fail(await Kept(Start(await Kept(Accept(Id(n))))), Noon.AddMinutes(n));
            var letter = failed.DeadLetters[0];
            await Kept(failed with { DeadLetters = [letter with { Agent = n % 2 == 0 ? null : "odd", Failure = letter.Failure with { Code = n > 3 ? "agent.late" : "agent.refused" } }] });
        }

        await Index.MarkRedrivenAsync(Id(5), Fetch, Id(9), None);

        (await FoundAsync(new() { Agent = "odd" })).ShouldBe([5, 3, 1]);
        (await FoundAsync(new() { Code = "agent.late" })).ShouldBe([6, 5, 4]);
        (await FoundAsync(new() { Redriven = true })).ShouldBe([5]);
        (await FoundAsync(new() { Redriven = false })).ShouldBe([6, 4, 3, 2, 1]);
        (await FoundAsync(new() { From = Noon.AddMinutes(2), Before = Noon.AddMinutes(4) })).ShouldBe([3, 2]);
        (await FoundAsync(new() { Agent = "odd", Code = "agent.late", Redriven = false })).ShouldBeEmpty();
        (await FoundAsync(new() { Agent = "' or 1 = 1 --" })).ShouldBeEmpty();
        (await FoundAsync(new() { Redriven = false }, after: Id(4).Value + ":" + Fetch.Value, limit: 2)).ShouldBe([3, 2]);

        async Task<IEnumerable<int>> FoundAsync(DeadLetterFilter filter, string? after = null, int limit = 10)
        {
            var found = await Index.DeadLettersAsync(filter, after, limit, None);
            return found.Select(letter => Enumerable.Range(1, 6).Single(n => Id(n) == letter.Workflow));
        }
    }
}
