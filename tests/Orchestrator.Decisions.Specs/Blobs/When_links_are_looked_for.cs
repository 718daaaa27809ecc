using System.Text;
using Orchestrator.Vocabulary.Blobs;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Decisions.Specs.Blobs;

public sealed class When_links_are_looked_for
{
    private static readonly BlobDigest One = BlobDigest.Of(new byte[32]);
    private static readonly BlobDigest Two = BlobDigest.Of([.. Enumerable.Repeat((byte)0xAB, 32)]);

    [Fact]
    public void each_is_found_with_its_place()
    {
        var found = BlobLink.In(Json($$$"""{"a": [1, {"$blob": "{{{One}}}", "bytes": 12, "contentType": "text/plain"}], "x/y~": {"$blob": "{{{Two}}}"}, "text": "\"$blob\""}"""));

        found.Select(one => (one.Place, one.Link)).ShouldBe([("/a/1", new BlobLink(One, 12, "text/plain")), ("/x~1y~0", new BlobLink(Two))]);
    }

    [Fact]
    public void a_value_may_be_one_itself()
    {
        var link = new BlobLink(One, 5, "application/json; charset=\"utf-8\"");

        BlobLink.In(link.ToPayload()).ShouldBe([new FoundLink("", One.Value, link, 0, link.ToPayload().Length)]);
        Payload.TryParse(link.ToPayload().Utf8, out _, out var problem).ShouldBeTrue(problem);
    }

    [Fact]
    public void one_whose_digest_is_none_is_told_without_it() =>
        BlobLink.In(Json("""[{"$blob": "sha256:ABC"}]""")).ShouldBe([new FoundLink("/0", "sha256:ABC", null, 1, 23)]);

    [Fact]
    public void others_come_in_their_places_and_every_other_letter_stays()
    {
        var link = $$"""{ "bytes":1, "$blob": "{{One}}" }""";
        var whole = Json($$"""{"a" : {{link}}, "n": 1.50, "b":[{{link}},{{link}}]}""");
        var found = BlobLink.In(whole);

        BlobLink.Replace(whole, [(found[0], Json("\"x\"")), (found[2], Json("{\"y\": 2}"))]).ToString().ShouldBe($$"""{"a" : "x", "n": 1.50, "b":[{{link}},{"y": 2}]}""");
        BlobLink.Replace(whole, []).ShouldBe(whole);
    }

    [Theory]
    [InlineData("""{"$blob": 1}""")]
    [InlineData("""{"$blob": "md5:1"}""")]
    [InlineData("""{"$blob": null}""")]
    [InlineData("""{"blob": "sha256:0"}""")]
    [InlineData("\"$blob\"")]
    [InlineData("""["$blob", "sha256:0"]""")]
    public void other_values_are_data(string json) => BlobLink.In(Json(json)).ShouldBeEmpty();

    [Theory]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("sha256:000000000000000000000000000000000000000000000000000000000000000A", false)]
    [InlineData("sha256:00000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../etc/passwd", false)]
    [InlineData("SHA256:0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void a_digest_has_one_form(string? text, bool taken)
    {
        BlobDigest.TryParse(text, out var digest).ShouldBe(taken);
        (taken ? BlobDigest.Of(digest.ToBytes()).Value : null).ShouldBe(taken ? text : null);
    }

    [Fact]
    public void a_plan_is_looked_through_to_its_last_corner()
    {
        var inner = new Plan("inner", [new Step("leaf", Input: Json("1"), Compensate: new Compensation(null, "undo", Json("2")))], Output: Json("3"));
        var plan = new Plan(
            "outer",
            [new Step("sub", SubPlan: inner), new Step("each", Input: Json("4"), ForEach: new ForEach(Json("[5]")), Fallback: new StepFallback(Plan: inner))],
            FallbackPlan: inner,
            Inputs: [new PlanInput("name", Default: Json("6"))],
            Output: Json("7"));

        PlanPayloads.Of(plan).Select(one => one.Value.ToString()).ShouldBe(["6", "1", "2", "3", "4", "[5]", "1", "2", "3", "7", "1", "2", "3"]);
        PlanPayloads.Of(plan).First().What.ShouldBe("default of input 'name'");
    }

    private static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));
}
