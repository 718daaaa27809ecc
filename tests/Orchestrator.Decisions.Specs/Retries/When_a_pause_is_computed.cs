using Orchestrator.Decisions.Retries;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.Retries;

public sealed class When_a_pause_is_computed
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public void exponential_pauses_are_one_two_and_four_seconds(int attempt, int seconds) =>
        Pauses.After(new RetryPolicy(4, Backoff.Exponential, OneSecond, 2), attempt, null, 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void linear_pauses_are_one_two_and_three_seconds(int attempt, int seconds) =>
        Pauses.After(RetryPolicy.FromRetries(3, OneSecond), attempt, null, 0).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void no_pause_is_longer_than_the_policys_bound() =>
        Pauses.After(new RetryPolicy(99, Backoff.Exponential, OneSecond, 2, TimeSpan.FromSeconds(10)), 50, null, 0).ShouldBe(TimeSpan.FromSeconds(10));

    [Fact]
    public void growth_beyond_all_numbers_ends_at_the_longest_pause() =>
        Pauses.After(new RetryPolicy(99_999, Backoff.Exponential, OneSecond, 10), 50_000, null, 0).ShouldBe(Pauses.LongestPause);

    [Fact]
    public void jitter_lengthens_and_never_shortens()
    {
        var policy = new RetryPolicy(4, Backoff.Fixed, OneSecond, Jitter: 0.5);
        for (var attempt = 1; attempt < 100; attempt++)
        {
            Pauses.After(policy, attempt, null, Pauses.DrawFor("w:a:0", attempt)).ShouldBeInRange(OneSecond, TimeSpan.FromSeconds(1.5));
        }

        Enumerable.Range(1, 99).Select(attempt => Pauses.DrawFor("w:a:0", attempt)).Distinct().Count().ShouldBe(99);
    }
}
