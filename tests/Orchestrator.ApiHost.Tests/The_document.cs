using System.Net;
using System.Text;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class The_document(SiloServer silo)
{
    private static readonly string[] Methods = ["get", "post", "put", "delete"];

    private static readonly (string Text, string Type)[] Bodies =
    [
        ("{", "application/json"), ("{\"nobody\":1}", "application/json"), ("[]", "application/json"), ("", "application/json"), ("x", "text/plain"), ("a: [", "application/yaml"),
    ];

    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task is_openapi_3_1_with_everything_named()
    {
        var document = await DocumentAsync();
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        var names = new List<string>();
        foreach (var (path, method, operation) in Operations(document))
        {
            var place = method + " " + path;
            names.Add(operation.GetProperty("operationId").GetString()!);
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrWhiteSpace(place);
            operation.GetProperty("tags").GetArrayLength().ShouldBe(1, place);
            operation.GetProperty("responses").EnumerateObject().ShouldContain(response => response.Name[0] == '2', place);
            foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] is '4' or '5'))
            {
                var content = response.Value.GetProperty("content").EnumerateObject().Single();
                content.Name.ShouldBe("application/problem+json", place);
                content.Value.GetProperty("schema").GetProperty("$ref").GetString().ShouldBe("#/components/schemas/Problem", place);
                ProblemKindsIn(response.Value.GetProperty("description").GetString()!).ShouldAllBe(code => Problems.ProblemCatalog.Find(code).Status.ToString(System.Globalization.CultureInfo.InvariantCulture) == response.Name);
            }

            if (operation.TryGetProperty("requestBody", out var body) && method is "post" or "put")
            {
                body.GetProperty("content").EnumerateObject().Where(media => media.Name == "application/json")
                    .ShouldAllBe(media => media.Value.EnumerateObject().Any(member => member.Name == "example"), place);
            }
        }

        names.Distinct().Count().ShouldBe(names.Count);
        names.Count.ShouldBeGreaterThan(35);
    }

    [Fact]
    public async Task is_the_same_in_yaml()
    {
        var response = await client.GetAsync("/openapi/v1.yaml");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(await response.Content.ReadAsStringAsync()));
        var paths = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode)["paths"];
        paths.Children.Keys.Select(key => ((YamlScalarNode)key).Value).ShouldBe((await DocumentAsync()).GetProperty("paths").EnumerateObject().Select(path => path.Name), ignoreOrder: true);
    }

    [Fact]
    public async Task has_examples_that_the_server_takes()
    {
        foreach (var (path, method, operation) in Operations(await DocumentAsync()))
        {
            if (!operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out var media) || !media.TryGetProperty("example", out var example))
            {
                continue;
            }

            var response = await client.SendJsonAsync(new HttpMethod(method.ToUpperInvariant()), Concrete(path), example.GetRawText());
            ((int)response.StatusCode).ShouldNotBe(400, $"{method} {path} refused its own example: {await response.Content.ReadAsStringAsync()}");
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{method} {path}");
        }
    }

    [Fact]
    public async Task tells_the_truth_about_errors_all_of_which_are_problem_details()
    {
        var provoked = 0;
        foreach (var (path, method, operation) in Operations(await DocumentAsync()))
        {
            var declared = operation.GetProperty("responses").EnumerateObject().Select(response => response.Name).ToHashSet();
            foreach (var request in Provocations(path, method, operation))
            {
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if ((int)response.StatusCode < 400)
                {
                    continue;
                }

                provoked++;
                var place = $"{request.Method} {request.RequestUri} → {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
                response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", place);
                var problem = await response.JsonAsync();
                var kind = Problems.ProblemCatalog.Find(problem.GetProperty("code").GetString()!);
                ((int)response.StatusCode).ShouldBe(kind.Status, place);
                (await client.GetAsync(problem.GetProperty("type").GetString()!)).StatusCode.ShouldBe(HttpStatusCode.OK, place);
                if (kind.Code is not ("method.refused" or "route.not_found"))
                {
                    declared.ShouldContain(kind.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), place);
                }
            }
        }

        provoked.ShouldBeGreaterThan(150);
    }

    [Fact]
    public async Task has_a_page_whose_every_asset_is_our_own()
    {
        var page = await client.GetAsync("/docs/index.html");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldNotContain("https://");
        System.Text.RegularExpressions.Regex.IsMatch(html, @"<script(?![^>]*\bsrc=)[^>]*>\s*\S").ShouldBeFalse("a script in the page would not run under our policy");
        foreach (System.Text.RegularExpressions.Match asset in System.Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"([^\"]+)\""))
        {
            (await client.GetAsync(new Uri(new Uri("http://localhost/docs/index.html"), asset.Groups[1].Value))).StatusCode.ShouldBe(HttpStatusCode.OK, asset.Value);
        }
    }

    [Fact]
    public async Task has_a_page_for_every_kind_of_problem()
    {
        var index = await (await client.GetAsync("/errors")).Content.ReadAsStringAsync();
        foreach (var kind in Problems.ProblemCatalog.All)
        {
            index.ShouldContain(kind.Type);
            var page = await client.GetAsync(kind.Type);
            page.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await page.Content.ReadAsStringAsync()).ShouldContain(kind.Code);
        }

        await (await client.GetAsync("/errors/none-such")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "error.not_found");
    }

    private static IEnumerable<HttpRequestMessage> Provocations(string path, string method, JsonElement operation)
    {
        var verb = new HttpMethod(method.ToUpperInvariant());
        yield return new(verb, Concrete(path));
        yield return new(verb, Concrete(path) + "?nobody-knows-this=1");
        yield return new(HttpMethod.Patch, Concrete(path));
        foreach (var name in Parameters(operation, "query"))
        {
            yield return new(verb, Concrete(path) + $"?{name}=%00%FF!");
        }

        foreach (var name in Parameters(operation, "header"))
        {
            var request = new HttpRequestMessage(verb, Concrete(path));
            request.Headers.TryAddWithoutValidation(name, "\"broken");
            yield return request;
        }

        foreach (var (body, type) in method is "post" or "put" ? Bodies : [])
        {
            yield return new(verb, Concrete(path)) { Content = new StringContent(body, Encoding.UTF8, type) };
        }
    }

    private static IEnumerable<string> Parameters(JsonElement operation, string place) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == place).Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];

    private static IEnumerable<string> ProblemKindsIn(string description) =>
        System.Text.RegularExpressions.Regex.Matches(description, "`([a-z_.]+)`").Select(match => match.Groups[1].Value);

    private static string Concrete(string path) => System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]+\}", "none-such");

    private static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where Methods.Contains(operation.Name)
        select (path.Name, operation.Name, operation.Value);

    private async Task<JsonElement> DocumentAsync() => await (await client.GetAsync("/openapi/v1.json")).JsonAsync();
}
