using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Operators;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Operators;

public sealed class When_an_operator_asks : IDisposable
{
    private const string AnasKey = "ana-7c1f0d5be2a94c36";
    private const string BensKey = "ben-51f0aa9c0d7e4b12";
    private static readonly string BensHash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(BensKey)));

    private readonly string file = Path.GetTempFileName();
    private readonly ManualClock clock = new(DateTimeOffset.UnixEpoch);
    private readonly List<string> log = [];

    public When_an_operator_asks() => File.WriteAllText(file, AnasKey + "\n");

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("Bearer " + AnasKey, "ana")]
    [InlineData("bearer " + BensKey, "ben")]
    [InlineData("Basic ana:" + AnasKey, "ana")]
    [InlineData("Basic ben:" + BensKey, "ben")]
    public void a_known_key_lets_its_holder_in(string header, string name)
    {
        var http = Request(header);

        Door().LetIn(http).ShouldBe(name);
        http.Response.StatusCode.ShouldBe(200);
        log.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ana-7c1f0d5be2a94c37")]
    [InlineData("Bearer ana")]
    [InlineData("Basic ana:ana-7c1f0d5be2a94c37")]
    [InlineData("Basic ben:" + AnasKey)]
    [InlineData("Basic ana")]
    [InlineData("Basic =")]
    [InlineData("Negotiate " + AnasKey)]
    [InlineData(AnasKey)]
    public void anything_else_is_told_how_to_ask(string header)
    {
        var http = Request(header);

        Door().LetIn(http).ShouldBeNull();
        http.Response.StatusCode.ShouldBe(401);
        http.Response.Headers.WWWAuthenticate.ToArray().ShouldBe(["Basic realm=\"operators\", charset=\"UTF-8\"", "Bearer realm=\"operators\""]);
    }

    [Fact]
    public void a_key_too_long_to_be_one_is_refused_without_being_looked_at() =>
        Door().LetIn(Request("Bearer " + new string('a', 100_000))).ShouldBeNull();

    [Fact]
    public void where_a_caller_comes_from_decides_nothing()
    {
        var http = Request("");
        http.Connection.RemoteIpAddress = System.Net.IPAddress.Loopback;

        Door().LetIn(http).ShouldBeNull();
    }

    [Fact]
    public void refusals_are_logged_once_a_second_and_counted_and_no_key_with_them()
    {
        var door = Door();
        for (var i = 0; i < 5; i++)
        {
            door.LetIn(Request("Bearer wrong-wrong-wrong-wrong"));
        }

        log.ShouldBe(["1 requests without a known operator's key were refused since the last such line, the last one for /dashboard"]);
        clock.Advance(TimeSpan.FromSeconds(1));
        door.LetIn(Request("Bearer wrong-wrong-wrong-wrong"));
        log[1..].ShouldBe(["5 requests without a known operator's key were refused since the last such line, the last one for /dashboard"]);
    }

    [Fact]
    public void without_keys_there_are_no_operators() =>
        new OperatorKeys(Options.Create(new OperatorOptions())).Any.ShouldBeFalse();

    [Fact]
    public void keys_that_can_be_guessed_and_hashes_of_nothing_are_refused_at_the_start()
    {
        File.WriteAllText(file, "swordfish");
        var refused = Should.Throw<OptionsValidationException>(() => Services(("Operators:KeyHashes:ana", BensHash), ("Operators:KeyHashes:ben", "5f4dcc3b"))
            .GetRequiredService<IStartupValidator>().Validate());

        refused.Failures.ShouldBe(
            [
                "Operators:Keys:ana: expected a key of at least 20 characters, found 9",
                "Operators:KeyHashes:ana: expected one key for one name, found another under Keys",
                "Operators:KeyHashes:ben: expected a SHA-256 in 64 hexadecimal digits, found 8 characters",
            ],
            ignoreOrder: true);
    }

    private OperatorDoor Door() => Services(("Operators:KeyHashes:ben", BensHash)).GetRequiredService<OperatorDoor>();

    private ServiceProvider Services(params (string Key, string? Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("Operators:Keys:ana", "file:" + file)).Select(setting => KeyValuePair.Create(setting.Item1, setting.Item2)))
            .Build())
        .AddLogging(logging => logging.AddProvider(new Lines(log)))
        .AddSingleton<TimeProvider>(clock)
        .AddOperators()
        .BuildServiceProvider();

    private static DefaultHttpContext Request(string authorization)
    {
        var http = new DefaultHttpContext();
        http.Request.Path = "/dashboard";
        if (authorization.StartsWith("Basic ", StringComparison.Ordinal) && authorization.Contains(':', StringComparison.Ordinal))
        {
            authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(authorization["Basic ".Length..]));
        }

        if (authorization.Length > 0)
        {
            http.Request.Headers.Authorization = authorization;
        }

        return http;
    }

    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
