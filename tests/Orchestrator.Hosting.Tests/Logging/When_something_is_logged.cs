using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Hosting.Logging;
using Orchestrator.Hosting.Tests.Configuration;

namespace Orchestrator.Hosting.Tests.Logging;

[Collection(Environment_of_the_process.Name)]
public sealed class When_something_is_logged
{
    [Fact]
    public void it_is_one_line_of_json_whatever_the_input_holds()
    {
        const string evil = "name\r\n{\"@l\":\"Fatal\"}\u001b[31mred\u2028line\u0085next";
        var line = Log(logger => logger.LogInformation("Agent {Agent} answered", evil)).ShouldHaveSingleItem();
        line.ShouldNotContain('\u001b');
        line.ShouldNotContain('\u2028');
        line.ShouldNotContain('\u0085');
        var json = JsonDocument.Parse(line).RootElement;
        json.GetProperty("Agent").GetString().ShouldBe(evil);
        json.GetProperty("@mt").GetString().ShouldBe("Agent {Agent} answered");
        json.GetProperty("@l").GetString().ShouldBe("Information");
        json.GetProperty("@t").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void the_trace_and_the_exception_are_in_it()
    {
        using var activity = new Activity("call").Start();
        var json = JsonDocument.Parse(Log(logger => logger.LogError(new InvalidOperationException("two\nlines"), "Broken")).ShouldHaveSingleItem()).RootElement;
        json.GetProperty("@tr").GetString().ShouldBe(activity.TraceId.ToHexString());
        json.GetProperty("@sp").GetString().ShouldBe(activity.SpanId.ToHexString());
        json.GetProperty("@x").GetString()!.ShouldContain("two\nlines");
    }

    [Fact]
    public void a_long_field_is_cut_and_says_so()
    {
        var json = JsonDocument.Parse(Log(logger => logger.LogInformation("{Text}", new string('x', 10_000))).ShouldHaveSingleItem()).RootElement;
        json.GetProperty("Text").GetString().ShouldBe(new string('x', 8192) + "… (10000 characters)");
    }

    [Fact]
    public void secrets_are_taken_out_by_name_and_by_look()
    {
        var line = Log(logger => logger.LogInformation(
            "{Password} {Header} {Address} {@Nested}",
            "hunter2", "Bearer abcdefghijklmnop", "https://ann:hunter3@example.org/", new { ApiKey = "hunter4", Name = "ann" })).ShouldHaveSingleItem();
        line.ShouldNotContain("hunter");
        line.ShouldNotContain("abcdefghijklmnop");
        var json = JsonDocument.Parse(line).RootElement;
        json.GetProperty("Header").GetString().ShouldBe("Bearer ***");
        json.GetProperty("Address").GetString().ShouldBe("https://***@example.org/");
        json.GetProperty("Nested").GetProperty("Name").GetString().ShouldBe("ann");
    }

    [Fact]
    public void less_than_the_level_asked_for_is_not_written() =>
        Log(logger => logger.LogDebug("Quiet")).ShouldBeEmpty();

    private static string[] Log(Action<ILogger> write)
    {
        var console = Console.Out;
        using var captured = new StringWriter();
        Console.SetOut(captured);
        try
        {
            using var services = new ServiceCollection()
                .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
                .AddOrchestratorLogging()
                .BuildServiceProvider();
            write(services.GetRequiredService<ILogger<When_something_is_logged>>());
        }
        finally
        {
            Console.SetOut(console);
        }

        return captured.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
