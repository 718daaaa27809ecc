using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NSubstitute;
using Orchestrator.ApiHost.Access;
using Orchestrator.Hosting.Operators;

namespace Orchestrator.ApiHost.Tests.Access;

public sealed class When_callers_show_keys(KeyedServer keyed) : IClassFixture<KeyedServer>
{
    private readonly HttpClient client = keyed.Server.Client;

    [Fact]
    public void the_table_says_of_every_endpoint_who_may_ask_and_of_nothing_else()
    {
        var endpoints = EndpointsOf(keyed.Server).Where(endpoint => endpoint.Metadata.GetMetadata<AsksOperators>() is null)
            .SelectMany(endpoint => MethodsOf(endpoint).Select(method => (method, endpoint.RoutePattern.RawText!))).ToHashSet();

        endpoints.Except(AccessTable.Permissions.Keys).ShouldBeEmpty("each has its row in ApiHost/Access/AccessTable.cs");
        AccessTable.Permissions.Keys.Except(endpoints).ShouldBeEmpty("each row is of an endpoint");
        AccessTable.Of("GET", "/not/written/down").ShouldBe(Permission.Manage, "what was forgotten is shut");
    }

    [Fact]
    public void open_to_all_is_only_what_tells_nothing_or_has_a_proof_of_its_own() =>
        AccessTable.Permissions.Where(row => row.Value == Permission.Open).Select(row => row.Key.Pattern).Order(StringComparer.Ordinal).ShouldBe(
        [
            "/api/v1/completions/{token}", "/api/v1/completions/{token}/heartbeat", "/errors", "/errors/{slug}",
            "/health/live", "/health/ready", "/health/startup", "/openapi/{documentName}.json", "/openapi/{documentName}.yaml",
        ]);

    [Fact]
    public async Task without_one_every_other_door_is_shut()
    {
        foreach (var ((method, pattern), _) in AccessTable.Permissions.Where(row => row.Value != Permission.Open))
        {
            using var response = await AskAsync(method, pattern, key: null);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {pattern}");
            response.Headers.WwwAuthenticate.Select(scheme => scheme.Scheme).ShouldBe(["Basic", "Bearer"]);
            if (method != HttpMethods.Head)
            {
                await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "access.key_needed");
            }
        }
    }

    [Theory]
    [InlineData(KeyedServer.Vera, "viewer", "work", "manage")]
    [InlineData(KeyedServer.Otto, "operator", "manage")]
    public async Task a_role_goes_so_far_and_the_answer_names_what_is_missing(string key, string role, params string[] missing)
    {
        foreach (var ((method, pattern), permission) in AccessTable.Permissions.Where(row => missing.Contains(WordOf(row.Value))))
        {
            using var response = await AskAsync(method, pattern, key);
            var problem = await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.denied");
            problem.GetProperty("detail").GetString()!.ShouldStartWith($"This needs the permission '{WordOf(permission)}', which the role '{role}' of ", Case.Sensitive, $"{method} {pattern}");
        }
    }

    [Theory]
    [InlineData(KeyedServer.Vera, "read")]
    [InlineData(KeyedServer.Otto, "read", "work")]
    [InlineData(KeyedServer.Ada, "read", "work", "manage")]
    public void a_role_has_its_own_and_those_of_the_roles_before_it(string key, params string[] words)
    {
        var keys = keyed.Server.Services.GetRequiredService<OperatorKeys>();
        var role = keys.RoleOf(keys.Find(key)!);
        Enum.GetValues<Permission>().Where(permission => AccessTable.Has(role, permission)).Select(WordOf).ShouldBe(["open", .. words]);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + KeyedServer.Vera)]
    [InlineData("X-Api-Key", KeyedServer.Vera)]
    public async Task a_known_key_is_let_in(string header, string value) =>
        (await client.GetAsync("/api/v1/templates", (header, value))).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task a_browser_may_send_name_and_key() =>
        (await client.GetAsync("/api/v1/templates", ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("vera:" + KeyedServer.Vera))))).StatusCode.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("X-Api-Key", "vera-5b1d0c7e93fa4d23")]
    [InlineData("X-Api-Key", "vera")]
    [InlineData("Authorization", "Bearer " + KeyedServer.Vera + KeyedServer.Vera)]
    [InlineData("Authorization", KeyedServer.Vera)]
    public async Task another_is_not(string header, string value) =>
        await (await client.GetAsync("/api/v1/templates", (header, value))).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "access.key_needed");

    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/errors", HttpStatusCode.OK)]
    [InlineData("/docs/index.html", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task what_is_nobodys_is_told_to_all(string path, HttpStatusCode status) => (await client.GetAsync(path)).StatusCode.ShouldBe(status);

    [Fact]
    public async Task whose_rule_has_a_status_code_in_its_problems_has_it_here_too()
    {
        var problem = await (await client.PostJsonAsync("/orchestrate", "{}", ("X-Api-Key", KeyedServer.Vera))).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.denied");
        problem.GetProperty("status_code").GetInt32().ShouldBe(403);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("nobodys-key-nobodys-key", HttpStatusCode.OK)]
    public async Task on_loopback_nobody_is_asked_also_where_there_are_keys(string? key, HttpStatusCode status)
    {
        await using var open = await ApiServer.StartAsync(("Operators:KeyHashes:ada", KeyedServer.HashOf(KeyedServer.Ada)));
        var response = key is null ? await open.Client.GetAsync("/api/v1/templates") : await open.Client.GetAsync("/api/v1/templates", ("X-Api-Key", key));
        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task beyond_loopback_a_server_asks_by_itself()
    {
        await using var app = Compose(("Operators:KeyHashes:vera", KeyedServer.HashOf(KeyedServer.Vera)));
        await app.StartAsync();
        using var http = new HttpClient();
        var address = app.Urls.Single().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal) + "/api/v1/templates";

        // Loopback is no way around it, and any name is served to whoever has a key.
        (await http.GetAsync(new Uri(address))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await http.GetAsync(address, ("X-Api-Key", KeyedServer.Vera), ("Host", "orc.example.com"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await app.StopAsync();
    }

    [Theory]
    [InlineData("Api:RequireKeys", "true", "found none")]
    [InlineData("Operators:Roles:nobody", "Admin", "expected the name of a key")]
    public void what_nobody_could_use_is_refused_at_the_start(string key, string value, string said) =>
        Should.Throw<OptionsValidationException>(() => Compose((key, value)).Services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain(said);

    [Fact]
    public void to_ask_and_not_to_ask_is_refused() =>
        Should.Throw<OptionsValidationException>(() => Compose([.. KeyedServer.Settings, ("Api:AllowAnonymous", "true")]).Services.GetRequiredService<IStartupValidator>().Validate())
            .Message.ShouldContain("found both");

    private async Task<HttpResponseMessage> AskAsync(string method, string pattern, string? key)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), pattern.Replace('{', 'a').Replace('}', 'z'));
        return key is null ? await client.SendAsync(request) : await client.SendAsync(request, ("Authorization", "Bearer " + key));
    }

    private static string WordOf(Permission permission) => permission.ToString().ToLowerInvariant();

    private static IEnumerable<RouteEndpoint> EndpointsOf(ApiServer server) => server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["any"];

    private static WebApplication Compose(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value)));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://0.0.0.0:0");
        builder.Services.AddSingleton(Substitute.For<IGrainFactory>());
        builder.AddOrchestratorApi();
        return builder.Build().MapOrchestratorApi();
    }
}
