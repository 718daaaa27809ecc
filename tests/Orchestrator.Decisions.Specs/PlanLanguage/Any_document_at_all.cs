using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.PlanLanguage;
using Orchestrator.Vocabulary;

namespace Orchestrator.Decisions.Specs.PlanLanguage;

public sealed class Any_document_at_all
{
    private static readonly string[] Scraps =
    [
        "{", "}", "[", "]", ":", ": ", ",", "\"", "'", "\n", "\n  ", "\n- ", "  ", "\t", "#", "&a ", "*a", "!!str ", "<<: *a", "|\n", ">\n", "? ", "---\n", "...", "%YAML 1.2\n", "~", "null",
        "true", "yes", "0", "-1", "1e400", "0x", ".inf", "\ud800", "\\ud800", "\"\\ud800\"", "😀", "\0", "\u0085", "\u2028", "\uFEFF", "id", "steps", "input", "subPlan", "fallbackPlan", "${{", "}}",
        "${{ steps.a.output }}", "dependencies: [a]", "retryPolicy: {}", "forEach: []", "file: x", "\\", "a", "ingest",
    ];

    private static readonly string[] Seeds =
        [When_a_document_is_read.Everything, Encoding.UTF8.GetString(PlanDocument.Write(PlanDocument.Read(When_a_document_is_read.Everything).Plan!).Utf8.Span), .. Repository.Examples.Select(Repository.Text)];

    // Good documents with some of their text cut out, copied elsewhere, or replaced by scraps: near enough to plans to get past the first line.
    private static readonly Gen<string> Mutants = Gen.Elements(Seeds).SelectMany(
        _ => Gen.Choose(0, 1_000_000).Three().SelectMany(place => Gen.Elements(Scraps).Select(scrap => (place, scrap))).ListOf(),
        (seed, edits) => edits.Take(3).Aggregate(seed, (text, edit) =>
        {
            var at = edit.place.Item1 % (text.Length + 1);
            var cut = Math.Min(edit.place.Item2 % 12, text.Length - at);
            return text[..at] + (edit.place.Item3 % 3 == 0 ? "" : edit.scrap) + text[(at + cut)..];
        }));

    private static readonly Gen<string> Documents = Gen.OneOf(
        Mutants,
        Mutants,
        Gen.Elements(Scraps).ListOf().Select(scraps => string.Concat(scraps)),
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""));

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1_500).WithEndSize(40);

    [Fact]
    public void is_read_without_an_exception_twice_the_same_and_stable_when_written()
    {
        var plans = 0;
        Prop.ForAll(Documents.ToArbitrary(), text =>
        {
            foreach (var format in new[] { PlanFormat.Yaml, PlanFormat.Json })
            {
                var reading = PlanDocument.Read(text, format, files: _ => FileReading.Of("text"));
                var again = PlanDocument.Read(text, format, files: _ => FileReading.Of("text"));
                again.Problems.ShouldBe(reading.Problems);
                (reading.Plan is null).ShouldBe(!reading.Problems.IsEmpty);
                reading.Problems.ShouldAllBe(problem => problem.Line > 0 && problem.Column > 0 && problem.Message.Length > 0);
                if (reading.Plan is { } plan)
                {
                    plans++;
                    var written = PlanDocument.Write(plan);
                    var back = PlanDocument.Read(written.Utf8, PlanFormat.Json);
                    back.Problems.ShouldBeEmpty();
                    PlanDocument.Write(back.Plan!).ShouldBe(written);
                    JsonSerializer.Serialize(back.Plan!, VocabularyJson.Types.Plan).ShouldBe(JsonSerializer.Serialize(plan, VocabularyJson.Types.Plan));
                }
            }
        }).Check(Thorough);
        plans.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void even_bytes_that_are_no_text() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            PlanDocument.Read(bytes, PlanFormat.Yaml).Plan.ShouldBeNull();
            PlanDocument.Read(bytes, PlanFormat.Json).Plan.ShouldBeNull();
        }).Check(Thorough);
}
