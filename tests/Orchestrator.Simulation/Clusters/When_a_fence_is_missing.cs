using Orchestrator.Simulation.Checks;
using Xunit.Abstractions;

namespace Orchestrator.Simulation.Clusters;

public sealed class When_a_fence_is_missing(ITestOutputHelper output)
{
    /// <summary>Seeds within which it has to be noticed.</summary>
    private const ulong SeedsMax = 20;

    [Theory, MemberData(nameof(Names))]
    public void it_is_noticed(string fence)
    {
        for (var seed = 1UL; seed <= SeedsMax; seed++)
        {
            var (options, tell) = MissingFences.Of(fence);
            using var story = ClusterStory.Of(seed, options);
            try
            {
                tell(story);
            }
            catch (InvariantBrokenException found)
            {
                output.WriteLine($"Noticed by seed {seed}: {found.Message}");
                return;
            }
        }

        Assert.Fail($"With no seed of {SeedsMax} did anybody notice that {fence}.");
    }

    public static TheoryData<string> Names() => [.. MissingFences.Names];
}
