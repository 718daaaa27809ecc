using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Configuration;

namespace Orchestrator.ApiHost.Tests;

public sealed class When_a_front_end_signs_cursors : IDisposable
{
    private readonly string file = Path.Combine(Directory.CreateTempSubdirectory("orc-cursor-").FullName, "key");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

    [Fact]
    public void it_has_a_key_that_the_others_have_too() =>
        Refusal(("Cluster:Role", "Frontend")).ShouldBe("Api:CursorKey: front ends of a cluster share one key that signs cursors; found none, nor a CursorKeyFile");

    [Fact]
    public void a_process_that_is_alone_needs_none() => Refusal(("Cluster:Role", "All")).ShouldBeNull();

    [Fact]
    public void a_file_that_all_of_them_read_will_do() => Refusal(("Cluster:Role", "Frontend"), ("Api:CursorKeyFile", file)).ShouldBeNull();

    [Fact]
    public void the_key_is_a_secret_and_not_written_down()
    {
        var text = Convert.ToBase64String(new byte[32]);
        Refusal(("Api:CursorKey", text)).ShouldNotBeNull().ShouldContain("Api:CursorKey: a secret is given as env:NAME or file:PATH, not written down");
        File.WriteAllText(file, text);
        Refusal(("Cluster:Role", "Frontend"), ("Api:CursorKey", "file:" + file)).ShouldBeNull();
    }

    [Theory]
    [InlineData("a key that is not Base64")]
    [InlineData("c2hvcnQ=")]
    public void a_key_that_cannot_sign_stops_the_start_and_is_not_shown(string key)
    {
        File.WriteAllText(file, key);
        Refusal(("Api:CursorKey", "file:" + file)).ShouldBe($"Api:CursorKey: expected Base64 of at least 32 bytes, found {key.Length} characters that are not");
    }

    /// <summary>What the host says when it checks its options at start; null when it starts.</summary>
    private static string? Refusal(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.AddOrchestratorApi();
        using var services = builder.Services.BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return null;
        }
        catch (Exception refused) when (refused is OptionsValidationException or ConfigurationRefusedException)
        {
            return refused.Message;
        }
    }
}
