using Orchestrator.Decisions.Callbacks;

namespace Orchestrator.Decisions.Specs.Callbacks;

public sealed class When_a_callback_was_tried
{
    private static readonly CallbackPolicy Policy = CallbackPolicy.Default;

    [Theory]
    [InlineData(200), InlineData(202), InlineData(204), InlineData(299)]
    public void an_answer_of_two_hundreds_is_the_end(int status) => Judge(1, new(status)).Verdict.ShouldBe(CallbackVerdict.Delivered);

    [Theory]
    [InlineData(301), InlineData(400), InlineData(401), InlineData(404), InlineData(429), InlineData(500), InlineData(503), InlineData(null)]
    public void any_other_is_tried_again(int? status) => Judge(1, new(status, "no")).ShouldBe((CallbackVerdict.TryAgain, TimeSpan.FromSeconds(5)));

    [Fact]
    public void pauses_grow_to_an_hour() =>
        Enumerable.Range(1, 7).Select(tries => Judge(tries, new(500)).Pause.TotalSeconds).ShouldBe([5, 25, 125, 625, 3_125, 3_600, 3_600]);

    [Fact]
    public void a_receiver_that_is_gone_is_left_alone() => Judge(1, new(410)).Verdict.ShouldBe(CallbackVerdict.GiveUp);

    [Fact]
    public void it_is_given_up_after_the_last_try_and_not_before()
    {
        Judge(Policy.TriesMax - 1, new(500)).Verdict.ShouldBe(CallbackVerdict.TryAgain);
        Judge(Policy.TriesMax, new(500)).Verdict.ShouldBe(CallbackVerdict.GiveUp);
        Judge(Policy.TriesMax, new(200)).Verdict.ShouldBe(CallbackVerdict.Delivered);
    }

    [Theory]
    [InlineData(1, 60, 60), InlineData(1, 1, 5), InlineData(4, 60, 625), InlineData(1, 86_400, 3_600)]
    public void a_receiver_may_ask_for_a_longer_pause_up_to_the_longest(int tries, int asked, int pause) =>
        Judge(tries, new(503, null, TimeSpan.FromSeconds(asked))).Pause.ShouldBe(TimeSpan.FromSeconds(pause));

    [Fact]
    public void numbers_of_tries_without_end_break_nothing() =>
        CallbackDecisions.Judge(Policy with { TriesMax = int.MaxValue }, 1_000_000, new(500)).Pause.ShouldBe(Policy.Max);

    private static (CallbackVerdict Verdict, TimeSpan Pause) Judge(int tries, CallbackOutcome outcome) => CallbackDecisions.Judge(Policy, tries, outcome);
}
