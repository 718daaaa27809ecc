using System.Text;
using System.Text.Json;
using Orchestrator.Decisions.Schemas;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.Decisions.Specs.Schemas;

public sealed class When_a_value_is_held_to_a_schema
{
    private const string Card = """
        {"type": "object", "required": ["front", "level"], "additionalProperties": false, "properties": {
          "front": {"type": "string", "minLength": 1, "maxLength": 5},
          "level": {"type": "integer", "minimum": 1, "maximum": 3},
          "tags": {"type": "array", "maxItems": 2, "items": {"enum": ["a", "b"]}},
          "next": {"$ref": "#/$defs/link"}},
         "$defs": {"link": {"type": ["object", "null"], "properties": {"to": {"pattern": "^c[0-9]+$"}, "next": {"$ref": "#/$defs/link"}}}}}
        """;

    [Theory]
    [InlineData("""{"front": "ab", "level": 2}""")]
    [InlineData("""{"front": "ab", "level": 2.0, "tags": ["a", "b"], "next": null}""")]
    [InlineData("""{"front": "😀😀😀😀😀", "level": 3, "next": {"to": "c12", "next": {"to": "c1"}}}""")]
    public void what_it_allows_passes(string value) => Problems(Card, value).ShouldBeEmpty();

    [Theory]
    [InlineData("[]", "The value: expected object, found a list.")]
    [InlineData("""{"front": "ab"}""", "The value: expected a member 'level', found none.")]
    [InlineData("""{"front": "abcdef", "level": 1}""", "/front: expected at most 5 characters, found 6.")]
    [InlineData("""{"front": "a", "level": 1.5}""", "/level: expected integer, found the number 1.5.")]
    [InlineData("""{"front": "a", "level": 4}""", "/level: expected at most 3, found 4.")]
    [InlineData("""{"front": "a", "level": 1, "tags": ["a", "c"]}""", """/tags/1: expected one of ["a", "b"], found "c".""")]
    [InlineData("""{"front": "a", "level": 1, "tags": ["a", "b", "a"]}""", "/tags: expected at most 2 items, found 3.")]
    [InlineData("""{"front": "a", "level": 1, "extra": 1}""", "/extra: nothing may stand here.")]
    [InlineData("""{"front": "a", "level": 1, "next": {"next": {"to": "d"}}}""", "/next/next/to: expected a text that matches ^c[0-9]+$, found 'd'.")]
    public void what_it_forbids_is_named_with_its_place(string value, string problem) => Problems(Card, value).ShouldBe([problem]);

    [Theory]
    [InlineData("""{"anyOf": [{"type": "string"}, {"minimum": 5}]}""", "7", "4")]
    [InlineData("""{"oneOf": [{"minimum": 5}, {"maximum": 7}]}""", "8", "6")]
    [InlineData("""{"allOf": [{"minimum": 5}, {"exclusiveMaximum": 7}]}""", "5", "7")]
    [InlineData("""{"not": {"type": "null"}}""", "1", "null")]
    [InlineData("""{"const": {"a": [1]}}""", """{"a": [1.0]}""", """{"a": [2]}""")]
    [InlineData("""{"exclusiveMinimum": 1, "maximum": 2}""", "2", "1")]
    [InlineData("""{"minItems": 1, "minLength": 1}""", """["x"]""", "[]")]
    public void each_word_lets_through_and_keeps_out(string schema, string good, string bad)
    {
        Problems(schema, good).ShouldBeEmpty();
        Problems(schema, bad).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("[]", "A schema is an object")]
    [InlineData("""{"type": "text"}""", "#/type")]
    [InlineData("""{"properties": {"a": {"multipleOf": 2}}}""", "#/properties/a/multipleOf: the word 'multipleOf' is not supported.")]
    [InlineData("""{"$ref": "#/$defs/none"}""", "#/$ref")]
    [InlineData("""{"$ref": "https://example.com/schema"}""", "#/$ref")]
    [InlineData("""{"pattern": "(?=a)"}""", "#/pattern")]
    [InlineData("""{"minLength": -1}""", "#/minLength")]
    [InlineData("""{"required": "a"}""", "#/required")]
    [InlineData("""{"items": 5}""", "#/items")]
    public void a_rule_that_nobody_would_check_is_refused(string schema, string problem)
    {
        var (shape, found) = JsonShape.Read(Json(schema));
        shape.ShouldBeNull();
        found.ShouldNotBeNull().ShouldStartWith(problem);
    }

    [Fact]
    public void a_schema_that_leads_around_in_circles_comes_to_an_end() =>
        Problems("""{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}}""", "1")
            .ShouldNotBeEmpty();

    private static IEnumerable<string> Problems(string schema, string value)
    {
        var (shape, problem) = JsonShape.Read(Json(schema));
        problem.ShouldBeNull();
        using var document = JsonDocument.Parse(value);
        return shape!.ProblemsOf(document.RootElement);
    }

    private static Payload Json(string text) => Payload.FromTrustedUtf8(Encoding.UTF8.GetBytes(text));
}
