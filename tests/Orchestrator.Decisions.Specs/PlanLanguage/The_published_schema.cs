using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.PlanLanguage;
using Orchestrator.PlanLanguage.Binding;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

public sealed class The_published_schema
{
    private static readonly JsonElement Schema = JsonDocument.Parse(PlanSchema.Json.Utf8).RootElement;

    public static TheoryData<string, string[]> Objects() => new()
    {
        { "plan", [.. PlanFields.Plan] },
        { "input", [.. PlanFields.Input] },
        { "declaredInput", [.. PlanFields.Input.Remove("name")] },
        { "step", [.. PlanFields.Step] },
        { "retryPolicy", [.. PlanFields.RetryPolicy] },
        { "forEach", [.. PlanFields.ForEach] },
        { "limit", [.. PlanFields.Limit] },
        { "onFailure", [.. PlanFields.OnFailure] },
        { "fallback", [.. PlanFields.Fallback] },
        { "compensation", [.. PlanFields.Compensation] },
        { "approval", [.. PlanFields.Approval] },
        { "escalation", [.. PlanFields.Escalation] },
    };

    [Theory]
    [MemberData(nameof(Objects))]
    public void has_the_fields_that_are_read_and_no_others(string name, string[] fields)
    {
        var definition = Schema.GetProperty("$defs").GetProperty(name);
        definition.GetProperty("properties").EnumerateObject().Select(p => p.Name).ShouldBe(fields);
        definition.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse();
        foreach (var property in definition.GetProperty("properties").EnumerateObject())
        {
            property.Value.GetProperty("description").GetString()!.Length.ShouldBeGreaterThan(10, property.Name);
        }
    }

    [Fact]
    public void is_the_one_in_the_documents() => Repository.Text("docs/plan.schema.json").ShouldBe(PlanSchema.Json.ToString());

    [Fact]
    public void says_what_is_urgent_and_what_is_a_millisecond()
    {
        var step = Schema.GetProperty("$defs").GetProperty("step").GetProperty("properties");
        step.GetProperty("priority").GetProperty("description").GetString()!.ShouldContain("5 = most urgent");
        step.GetProperty("timeout").GetProperty("description").GetString()!.ShouldContain("milliseconds");
    }

    public static TheoryData<string> Canonical() => [.. Repository.Examples];

    [Theory]
    [MemberData(nameof(Canonical))]
    public void accepts_what_is_written(string path)
    {
        using var written = PlanDocument.Write(Repository.Read(path).Plan!).Parse();
        new SchemaCheck(Schema).Accepts(written.RootElement).ShouldBeTrue();
        if (Path.GetExtension(path) == ".json")
        {
            using var document = JsonDocument.Parse(Repository.Text(path));
            new SchemaCheck(Schema).Accepts(document.RootElement).ShouldBeTrue();
        }
    }

    [Fact]
    public void accepts_every_field()
    {
        using var written = PlanDocument.Write(PlanDocument.Read(When_a_document_is_read.Everything).Plan!).Parse();
        new SchemaCheck(Schema).Accepts(written.RootElement).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"id":"p","steps":[{"id":"a","action":"b"}]}""", true)]
    [InlineData("""{"id":"p","timeout":"PT1H30M","inputs":{"a":3,"b":{"required":true}},"steps":[{"id":"a","action":"b","priority":"low","timeout":"1h30m","fallback":null}]}""", true)]
    [InlineData("""{"steps":[{"id":"a","action":"b"}]}""", false)]
    [InlineData("""{"id":"p","steps":[]}""", false)]
    [InlineData("""{"id":"p/q","steps":[{"id":"a"}]}""", false)]
    [InlineData("""{"id":"p","steps":[{"id":"a","actoin":"b"}]}""", false)]
    [InlineData("""{"id":"p","steps":[{"id":"a","priority":6}]}""", false)]
    [InlineData("""{"id":"p","steps":[{"id":"a","action":"b","limits":["llm",{"name":"gpu","key":"${{ input.tenant }}","tokens":200}]}]}""", true)]
    [InlineData("""{"id":"p","steps":[{"id":"a","action":"b","limits":[{"key":"k"}]}]}""", false)]
    [InlineData("""{"id":"p","timeout":"5x","steps":[{"id":"a"}]}""", false)]
    [InlineData("""{"id":"p","timeout":"PT","steps":[{"id":"a"}]}""", false)]
    [InlineData("""{"id":"p","inputs":{"a":{"requierd":true}},"steps":[{"id":"a"}]}""", false)]
    [InlineData("""{"id":"p","steps":[{"id":"a","retryPolicy":{"backoffMs":1}}]}""", false)]
    public void tells_good_from_bad(string document, bool good)
    {
        using var parsed = JsonDocument.Parse(document);
        new SchemaCheck(Schema).Accepts(parsed.RootElement).ShouldBe(good);
    }
}
