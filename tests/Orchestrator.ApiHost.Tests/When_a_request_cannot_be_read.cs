using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Orchestrator.ApiHost.Tests;

public sealed class When_a_request_cannot_be_read(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly ApiServer server = shared.Server;

    public static TheoryData<string> Malformed => new()
    {
        "", "{", "}", "[", "nul", "{\"plan\":", "{\"plan\":{}", "{\"plan\":{}}}", "{'plan':{}}", "{plan:{}}", "{\"plan\":{},}", "// comment\n{}", "{}{}", "\u00a0{}",
        "{\"input\":NaN}", "{\"input\":Infinity}", "{\"input\":-}", "{\"input\":01}", "{\"input\":1.}", "{\"input\":0x1}", "{\"input\":1e400}", "{\"input\":-1e400}",
        "{\"input\":" + new string('9', 400) + "}", "{\"input\":\"\u0001\"}", "{\"input\":\"\\ud800\"}", "{\"input\":\"\\udc00x\"}", "{\"\\ud800\":1}", "{\"input\":{\"a\":\"\\ud83d\"}}",
        "{\"input\":\"\\x\"}", "{\"input\":\"\\u12\"}", "{\"id\":\"a\",\"id\":\"b\"}", "{\"input\":{\"a\":1,\"a\":2}}", "{\"input\":[{\"b\":{\"c\":1,\"c\":1}}]}",
        "{\"__proto__\":{}}", "{\"$type\":\"System.IO.FileInfo\"}", "{\"$ref\":\"#\"}", "{\"Plan\":{}}", "{\"plna\":{}}", "{\"id\":5}", "{\"tags\":[]}", "{\"tags\":{\"a\":5}}",
        "{\"tags\":{\"a\":{\"b\":\"c\"}}}", "{\"planVersion\":\"1\"}", "{\"planVersion\":1.5}", "{\"planVersion\":99999999999}",
        "null", "true", "5", "\"plan\"", "[]", "[{}]",
        string.Concat(Enumerable.Repeat("[", 100_000)), "{\"input\":" + string.Concat(Enumerable.Repeat("[", 65)) + string.Concat(Enumerable.Repeat("]", 65)) + "}",
        string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 70),
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task it_is_answered_400_and_never_500(string body) =>
        await (await server.Client.PostJsonAsync("/api/v1/workflows", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.malformed");

    [Fact]
    public async Task bytes_that_are_not_utf8_are_answered_400()
    {
        byte[][] bodies =
        [
            [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")],
            Encoding.Unicode.GetBytes("{\"input\":1}"),
            Encoding.UTF32.GetBytes("{}"),
            [0xEF, 0xBB, 0xBF, .. "{}"u8],
            [.. "{\"input\":\""u8, 0xC3, 0x28, .. "\"}"u8],
            [.. "{\"input\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8],
            [.. "{\"input\":\""u8, 0xC0, 0x80, .. "\"}"u8],
            [0x1F, 0x8B, 0x08, 0x00],
        ];
        foreach (var body in bodies)
        {
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            await (await server.Client.PostAsync("/api/v1/workflows", content)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.malformed");
        }
    }

    [Fact]
    public async Task the_place_of_the_mistake_is_told()
    {
        var problem = await (await server.Client.PostJsonAsync("/api/v1/workflows", "{\n  \"input\": {\"a\": 1e999}\n}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.malformed");
        var error = problem.GetProperty("errors")[0];
        error.GetProperty("line").GetInt32().ShouldBe(2);
        error.GetProperty("column").GetInt32().ShouldBe(18);
    }

    [Theory]
    [InlineData("/api/agents", """{"action": "process_interaction", "data": {}}""", "The member 'learnerId' is missing.", "/learnerId")]
    [InlineData("/api/v1/workflows", """{"planVersion": 1.5}""", "Expected a whole number at '/planVersion', found 1.5.", "/planVersion")]
    [InlineData("/api/v1/workflows", """{"tags": {"a": 5}}""", "Expected a text at '/tags/a', found 5.", "/tags/a")]
    [InlineData("/api/v1/workflows", """{"tags": ["a"]}""", "Expected an object at '/tags', found an array.", "/tags")]
    [InlineData("/api/v1/workflows", """{"id": {"a": "b"}}""", "Expected a text at '/id', found an object.", "/id")]
    public async Task what_does_not_fit_is_named_with_what_was_expected_and_what_was_found(string path, string body, string detail, string pointer)
    {
        var problem = await (await server.Client.PostJsonAsync(path, body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.malformed");
        problem.GetProperty("detail").GetString().ShouldBe(detail);
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().ShouldBe(pointer);
    }

    [Fact]
    public async Task everything_that_does_not_fit_is_told_at_once()
    {
        var problem = await (await server.Client.PostJsonAsync("/api/v1/workflows", """{"plna": {}, "planVersion": "1", "tags": {"a": 5, "b": null}}"""))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.malformed");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()).ShouldBe(["/plna", "/planVersion", "/tags/a", "/tags/b"]);
    }

    [Fact]
    public async Task a_misspelt_member_is_named_with_what_was_meant()
    {
        var problem = await (await server.Client.PostJsonAsync("/api/v1/workflows", """{"pirority": 3}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.malformed");
        var error = problem.GetProperty("errors")[0];
        error.GetProperty("pointer").GetString().ShouldBe("/pirority");
        error.GetProperty("suggestion").GetString().ShouldBe("priority");
    }

    [Fact]
    public async Task everything_that_is_out_of_range_is_told_at_once()
    {
        const string body = """{"id": "no spaces", "priority": 9, "callbackUrl": "ftp://x/", "tags": {"bad key": "x"}}""";
        var problem = await (await server.Client.PostJsonAsync("/api/v1/workflows", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString())
            .ShouldBe(["", "/priority", "/id", "/callbackUrl", "/tags/bad key"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public async Task an_id_that_could_not_stand_in_an_address_is_refused(string id)
    {
        var body = Plans.Start(Plans.Signal, "\"id\": \"" + id + "\"");
        var problem = await (await server.Client.PostJsonAsync("/api/v1/workflows", body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("errors")[0].GetProperty("pointer").GetString().ShouldBe("/id");
    }

    [Fact]
    public async Task a_body_that_is_too_large_is_answered_413()
    {
        await using var small = await ApiServer.StartAsync(("Api:BodyBytesMax", "65536"));
        var body = "{\"input\":\"" + new string('a', 70_000) + "\"}";
        await (await small.Client.PostJsonAsync("/api/v1/workflows", body)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "request.too_large");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task another_content_type_is_answered_415(string? contentType)
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        await (await server.Client.PostAsync("/api/v1/workflows", content)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "request.media_type");
    }

    [Fact]
    public async Task a_coded_body_is_answered_415()
    {
        var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        await (await server.Client.PostAsync("/api/v1/workflows", content)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "request.media_type");
    }

    [Fact]
    public async Task a_path_that_leads_nowhere_is_answered_404_and_a_method_that_is_not_offered_405()
    {
        await (await server.Client.GetAsync("/nowhere")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "route.not_found");
        var wrong = await server.Client.SendJsonAsync(HttpMethod.Put, "/api/v1/workflows", "{}");
        await wrong.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "method.refused");
        wrong.Content.Headers.Allow.ShouldContain("POST");
    }

    [Fact]
    public async Task a_misspelt_query_parameter_does_not_select_everything()
    {
        var problem = await (await server.Client.GetAsync("/api/v1/workflows?stauts=failed")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        problem.GetProperty("detail").GetString()!.ShouldContain("'status'");
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=ten")]
    [InlineData("status=finished")]
    [InlineData("status=none")]
    [InlineData("waitingFor=godot")]
    [InlineData("createdAfter=yesterday")]
    [InlineData("createdAfter=2026-01-01T00:00:00")]
    [InlineData("tag=nocolon")]
    [InlineData("count=all")]
    [InlineData("count=exact&plan=x")]
    public async Task a_query_value_out_of_range_is_answered_400(string query) =>
        await (await server.Client.GetAsync("/api/v1/workflows?" + query)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Theory]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("")]
    public async Task a_cursor_that_was_not_made_here_is_answered_400(string cursor) =>
        await (await server.Client.GetAsync("/api/v1/workflows?cursor=" + Uri.EscapeDataString(cursor))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "cursor.invalid");

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"unclosed")]
    [InlineData("a\"b")]
    [InlineData("naïve")]
    public async Task an_idempotency_key_that_cannot_be_used_is_answered_400(string key) =>
        await (await server.Client.PostJsonAsync("/api/v1/workflows/w1/cancel", "{}", ("Idempotency-Key", key))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "idempotency.key_invalid");
}
