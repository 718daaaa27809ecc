using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.ApiHost.Tests;

[Collection(SiloServer.Collection)]
public sealed class When_blobs_are_used(SiloServer silo)
{
    private const string Nobody = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly HttpClient client = silo.Client;

    [Fact]
    public async Task a_content_is_kept_once_and_comes_back_as_it_was()
    {
        // Several parts, and the last of them not full.
        var content = new byte[700_001];
        new Random(7).NextBytes(content);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

        var put = await PutAsync(content, "application/pdf");
        put.StatusCode.ShouldBe(HttpStatusCode.Created, await put.Content.ReadAsStringAsync());
        put.Headers.Location!.ToString().ShouldBe("/api/v1/blobs/" + digest);
        var link = await put.Content.ReadAsStringAsync();
        link.ShouldBe($$"""{"$blob":"{{digest}}","bytes":700001,"contentType":"application/pdf"}""");
        var again = await PutAsync(content, "application/pdf");
        (again.StatusCode, await again.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK, link));

        var got = await client.GetAsync(put.Headers.Location);
        got.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await got.Content.ReadAsByteArrayAsync()).ShouldBe(content);
        got.Content.Headers.ContentType!.MediaType.ShouldBe("application/pdf");
        got.Content.Headers.ContentLength.ShouldBe(content.Length);
        got.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        got.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        got.Headers.ETag!.Tag.ShouldBe($"\"{digest}\"");

        (await client.GetAsync(put.Headers.Location.ToString(), ("If-None-Match", got.Headers.ETag.Tag))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, put.Headers.Location));
        (head.StatusCode, head.Content.Headers.ContentLength, (await head.Content.ReadAsByteArrayAsync()).Length).ShouldBe((HttpStatusCode.OK, content.Length, 0));
    }

    [Theory]
    [InlineData("text/html", "application/octet-stream")]
    [InlineData("image/svg+xml", "application/octet-stream")]
    [InlineData("text/javascript", "application/octet-stream")]
    [InlineData("text/css", "application/octet-stream")]
    [InlineData("application/xhtml+xml", "application/octet-stream")]
    [InlineData("text/plain; charset=utf-7", "text/plain")]
    [InlineData("image/png", "image/png")]
    public async Task no_browser_runs_what_was_put(string type, string served)
    {
        var put = await PutAsync(Encoding.UTF8.GetBytes($"<script>alert('{type}')</script>"), type);
        (await put.JsonAsync()).GetProperty("contentType").GetString().ShouldBe(type, "the link says what it is");

        (await client.GetAsync(put.Headers.Location)).Content.Headers.ContentType!.ToString().ShouldBe(served);
    }

    [Fact]
    public async Task what_is_not_there_or_too_large_is_refused()
    {
        await (await client.GetAsync("/api/v1/blobs/" + Nobody)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "blob.not_found");
        await (await client.GetAsync("/api/v1/blobs/sha256:..%2F..%2Fetc")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await PutAsync([1], "not a type")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        await (await PutAsync([1], "text/plain; x=" + new string('x', 300))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "request.invalid");
        (await PutAsync([], null)).StatusCode.ShouldBe(HttpStatusCode.Created);

        var problem = await (await PutAsync(new byte[(64 * 1024 * 1024) + 1], null)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "blob.too_large");
        problem.GetProperty("detail").GetString()!.ShouldContain("67,108,864");
    }

    [Fact]
    public async Task a_workflow_takes_a_link_wherever_it_takes_json_and_no_link_to_nothing()
    {
        var link = await (await PutAsync("a long story"u8.ToArray(), "text/plain")).Content.ReadAsStringAsync();
        var started = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Signal, $$"""
            "input": {"docs": [{{link}}]}
            """));
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        var place = started.Headers.Location!.ToString();
        var unknown = $$"""{"$blob": "{{Nobody}}"}""";

        var problem = await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo, $$"""
            "input": {"name": "Ada", "docs": [1, {{unknown}}]}
            """))).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "blob.unknown");
        problem.GetProperty("detail").GetString().ShouldBe(
            $"The input links at '/docs/1' to {Nobody}: expected a blob that is kept, found none. Put it with POST /api/v1/blobs, and send the same again.");
        await (await client.PostJsonAsync("/api/v1/workflows", Plans.Start(Plans.Echo.Replace("\"${{ input.name }}\"", unknown, StringComparison.Ordinal))))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "blob.unknown");
        await (await client.PostJsonAsync(place + "/signals/go", unknown)).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "blob.unknown");
        await (await client.PostJsonAsync(place + "/signals/go", """{"$blob": "sha256:short"}""")).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "blob.invalid");
        await (await client.PostJsonAsync(place + "/signals/go", "[" + string.Join(",", Enumerable.Repeat(link, 101)) + "]"))
            .ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "blob.invalid");

        (await client.PostJsonAsync(place + "/signals/go", link)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var ended = await (await client.GetAsync(place + "?wait=20")).JsonAsync();
        ended.GetProperty("state").GetString().ShouldBe("completed");
        var shown = ended.GetProperty("output");
        (await client.GetStringAsync(shown.GetProperty("href").GetString())).ShouldBe("a long story");
        shown.GetRawText().ShouldStartWith(link[..^1]);
    }

    [Fact]
    public async Task an_answer_that_links_to_nothing_fails_its_attempt()
    {
        // The link is put together by the plan, so it has passed no door.
        var plan = $$$"""{"id": "forge", "steps": [{"id": "hello", "agentId": "echo", "action": "echo", "input": {"$blob": "${{ input.digest }}"}}]}""";
        var started = await client.PostJsonAsync("/api/v1/workflows", Plans.Start(plan, $$"""
            "input": {"digest": "{{Nobody}}"}
            """), ("Prefer", "wait=20"));

        var ended = await started.JsonAsync();
        ended.GetProperty("state").GetString().ShouldBe("failed", ended.ToString());
        ended.GetProperty("error").GetProperty("code").GetString().ShouldBe("blob.unknown", ended.ToString());
    }

    private Task<HttpResponseMessage> PutAsync(byte[] content, string? type)
    {
        var body = new ByteArrayContent(content);
        if (type is not null)
        {
            body.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return client.PostAsync("/api/v1/blobs", body);
    }
}
