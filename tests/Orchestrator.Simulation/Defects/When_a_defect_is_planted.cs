using Orchestrator.Simulation.Checks;
using Xunit.Abstractions;

namespace Orchestrator.Simulation.Defects;

public sealed class When_a_defect_is_planted(ITestOutputHelper output)
{
    /// <summary>Seeds within which each defect has to be found.</summary>
    private const ulong SeedsMax = 150;

    [Theory]
    [InlineData("an append ignores the version", "I3 I4 I5")]
    [InlineData("an append is acknowledged before it is kept", "I1 I12")]
    [InlineData("an idempotency key is not kept", "I2")]
    [InlineData("a late answer is applied", "I3 I4 I5")]
    [InlineData("due times are not written", "I5 I10")]
    [InlineData("the sweeper finds nothing", "I16")]
    [InlineData("steps do not wait for those before them", "I6")]
    [InlineData("one attempt too many is made", "I8")]
    [InlineData("the rest between attempts is a millisecond short", "I8")]
    [InlineData("a silo's clock is a tick ahead", "I9")]
    [InlineData("each attempt has a key of its own", "I12")]
    [InlineData("agents take no heed of their limits", "I13")]
    [InlineData("a cancel is acknowledged and forgotten", "I1")]
    public void it_is_found(string defect, string invariants)
    {
        for (var seed = 0UL; seed < SeedsMax; seed++)
        {
            try
            {
                Seeds.Live(seed, PlantedDefects.Of(defect));
            }
            catch (SeedFailedException found)
            {
                output.WriteLine($"Found by seed {seed}: {found.InnerException!.Message}");
                var broken = found.InnerException.ShouldBeOfType<InvariantBrokenException>();
                invariants.Split(' ').ShouldContain(broken.Invariant, broken.Message);
                return;
            }
        }

        Assert.Fail($"No seed of {SeedsMax} found that {defect}.");
    }

    [Fact]
    public void every_defect_is_looked_for() =>
        typeof(When_a_defect_is_planted).GetMethod(nameof(it_is_found))!.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value!)
            .Order(StringComparer.Ordinal).ShouldBe(PlantedDefects.Names);
}
