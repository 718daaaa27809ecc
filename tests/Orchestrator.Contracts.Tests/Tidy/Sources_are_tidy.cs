using System.Text.RegularExpressions;

namespace Orchestrator.Contracts.Tests.Tidy;

/// <summary>What a reviewer should not have to look for.</summary>
public sealed partial class Sources_are_tidy
{
    private const int LinesMax = 500;

    private static IEnumerable<string> Code => Repository.Files("*.cs").Where(path => !path.Contains("/Tidy/", StringComparison.Ordinal));

    [Fact]
    public void nothing_is_left_for_later() =>
        Lines().Where(line => LeftForLater().IsMatch(line.Text)).Select(line => line.Place).ShouldBeEmpty();

    [Fact]
    public void no_file_is_too_long_to_be_opened_for_one_reason() =>
        Code.Where(path => Repository.Read(path).Count(c => c == '\n') > LinesMax).ShouldBeEmpty();

    [Fact]
    public void no_warning_is_switched_off_without_a_reason() =>
        Lines().Where(line => line.Text.Contains("#pragma warning disable", StringComparison.Ordinal) && !line.Text.Contains("//", StringComparison.Ordinal))
            .Select(line => line.Place).ShouldBeEmpty();

    [Fact]
    public void no_type_is_called_by_what_it_is_not() =>
        Lines().Where(line => ShapelessName().IsMatch(line.Text)).Select(line => line.Place).ShouldBeEmpty();

    [Fact]
    public void every_page_a_document_points_to_is_there()
    {
        var broken = from page in Repository.Files("*.md")
                     from Match link in Link().Matches(Repository.Read(page))
                     let target = link.Groups[1].Value
                     where !target.Contains(':', StringComparison.Ordinal)
                     let path = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target)
                     where !File.Exists(path) && !Directory.Exists(path)
                     select $"{page} → {target}";
        broken.ShouldBeEmpty();
    }

    private static IEnumerable<(string Place, string Text)> Lines() =>
        from path in Code
        from line in Repository.Read(path).Split('\n').Select((text, index) => (Text: text, Number: index + 1))
        select ($"{path}:{line.Number}", line.Text);

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"\b(class|record|struct|interface)\s+\w*(Manager|Helper|Helpers|Util|Utils|Utilities)\b")]
    private static partial Regex ShapelessName();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
