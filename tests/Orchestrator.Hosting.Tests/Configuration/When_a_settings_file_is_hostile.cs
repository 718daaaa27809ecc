using System.Text;
using Microsoft.Extensions.Configuration;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Tests.Configuration;

public sealed class When_a_settings_file_is_hostile : IDisposable
{
    private readonly Settings settings = new();

    public void Dispose() => settings.Dispose();

    [Fact]
    public void aliases_that_unfold_without_end_are_refused()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 9; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Refusal(bomb.ToString()).ShouldContain("aliases unfold to more than 20000 nodes");
    }

    [Fact]
    public void more_aliases_than_anyone_needs_are_refused() =>
        Refusal("a: &a 1\nb: [" + string.Join(',', Enumerable.Repeat("*a", 101)) + "]\n").ShouldContain("there are more than 100 aliases");

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void depth_is_limited_before_a_tree_is_built(char open) =>
        Refusal("a: " + new string(open, 100_000)).ShouldContain("settings nest deeper than 64 levels");

    [Fact]
    public void size_is_limited() => Refusal("a: " + new string('x', 1024 * 1024)).ShouldContain("at most 1048576 are read");

    [Fact]
    public void a_key_written_twice_is_refused_where_it_stands() =>
        Refusal("oven:\n  degrees: 1\nOven:\n  Degrees: 2\n").ShouldBe("orchestrator.yaml:4:3 Oven:Degrees stands here for the second time; names are the same in upper and lower case");

    [Theory]
    [InlineData("oven:\n  degrees: [1, 2\nnext: 3\n", "orchestrator.yaml:2:")]
    [InlineData("oven:\n  degrees: 1\n trays: 2\n", "orchestrator.yaml:3:")]
    [InlineData("oven:\n  degrees: \"1\n", "orchestrator.yaml:")]
    public void a_syntax_error_names_its_line(string yaml, string place) => Refusal(yaml).ShouldStartWith(place);

    [Fact]
    public void a_list_in_the_place_of_settings_is_refused() =>
        Refusal("- one\n- two\n").ShouldBe("orchestrator.yaml:1:1 expected a mapping of settings, found a sequence");

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    public void an_empty_file_sets_nothing(string text)
    {
        settings.File("orchestrator.yaml", text);
        settings.Load().AsEnumerable().ShouldBeEmpty();
    }

    private string Refusal(string yaml)
    {
        settings.File("orchestrator.yaml", yaml);
        return Should.Throw<ConfigurationRefusedException>(() => settings.Load()).Problems.ShouldHaveSingleItem();
    }
}
