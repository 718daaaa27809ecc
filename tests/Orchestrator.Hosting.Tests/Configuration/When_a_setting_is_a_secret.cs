using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.Hosting.Tests.Configuration;

[Collection(Environment_of_the_process.Name)]
public sealed class When_a_setting_is_a_secret : IDisposable
{
    private readonly Settings settings = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("GRANDMOTHER", null);
        settings.Dispose();
    }

    [Fact]
    public void the_file_names_a_variable_that_holds_it()
    {
        Environment.SetEnvironmentVariable("GRANDMOTHER", "butter");
        settings.File("orchestrator.yaml", "oven:\n  recipe: env:GRANDMOTHER\n");
        Recipe().ShouldBe("butter");
    }

    [Fact]
    public void the_file_names_a_file_that_holds_it()
    {
        settings.File("recipe.txt", "more butter\n");
        settings.File("orchestrator.yaml", $"oven:\n  recipe: file:{settings.Folder}/recipe.txt\n");
        Recipe().ShouldBe("more butter");
    }

    [Fact]
    public void writing_it_down_is_refused()
    {
        settings.File("orchestrator.yaml", "oven:\n  recipe: butter\n");
        Should.Throw<ConfigurationRefusedException>(Recipe).Problems
            .ShouldBe(["Oven:Recipe: a secret is given as env:NAME or file:PATH, not written down"]);
    }

    [Fact]
    public void a_reference_that_leads_nowhere_is_refused()
    {
        settings.File("orchestrator.yaml", "oven:\n  recipe: env:NOBODY_SETS_THIS\n");
        Should.Throw<ConfigurationRefusedException>(Recipe).Problems
            .ShouldBe(["Oven:Recipe: the environment variable NOBODY_SETS_THIS is not set"]);
    }

    [Fact]
    public void the_listing_hides_it()
    {
        settings.File("orchestrator.yaml", "oven:\n  recipe: env:GRANDMOTHER\n  labels:\n    api_key: abc\n");
        using var services = settings.Services();
        var rows = EffectiveConfiguration.List(settings.Load(), services.GetServices<OptionsKind>());
        rows.Where(row => row.Value == "***").Select(row => (row.Key, row.Source))
            .ShouldBe([("Oven:labels:api_key", "orchestrator.yaml:4"), ("Oven:Recipe", "orchestrator.yaml:2")], ignoreOrder: true);
        rows.ShouldNotContain(row => row.Value.Contains("GRANDMOTHER") || row.Value == "abc");
    }

    private string? Recipe()
    {
        using var services = settings.Services();
        return services.GetRequiredService<IOptions<OvenOptions>>().Value.Recipe;
    }
}

/// <summary>Tests that set environment variables or the console, which belong to the whole process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Environment_of_the_process
{
    public const string Name = "environment of the process";
}
