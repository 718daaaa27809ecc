using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Orchestrator.LocalRuntime.Generators;

namespace Orchestrator.Runtime.Contracts.Local;

public sealed class When_a_grain_interface_is_compiled
{
    private static string[] Refusals(string method, string others = "") => [.. Compile($$"""
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Threading;
        using System.Threading.Tasks;
        using Orchestrator.LocalRuntime;

        public interface ITried : IGrainWithStringKey
        {
            {{method}}
        }

        {{others}}
        """).Select(problem => $"{problem.Id}: {problem.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}")];

    private static IEnumerable<Diagnostic> Compile(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll")
            .Append(typeof(IGrain).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Tried", [CSharpSyntaxTree.ParseText(source)], references, new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(new GrainReferenceGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var refused);
        return refused.Concat(refused.IsEmpty ? generated.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error) : []);
    }

    [Theory]
    [InlineData("Task Do();")]
    [InlineData("Task<int> Do(string a, Guid b, DateTimeOffset c, TimeSpan? d, Uri e, DayOfWeek f, CancellationToken g = default);")]
    [InlineData("ValueTask<ImmutableArray<string>> Do(ReadOnlyMemory<byte> bytes, (int, string) pair);")]
    [InlineData("IAsyncEnumerable<int> Do(CancellationToken stop = default);")]
    [InlineData("[OneWay] Task Do([Immutable] byte[] bytes);")]
    [InlineData("Task Do(ITried other); Task Do(int number); [AlwaysInterleave] ValueTask Do(string text);")]
    public void what_cannot_change_and_has_a_known_shape_is_accepted(string method) => Refusals(method).ShouldBeEmpty();

    [Fact]
    public void a_record_marked_immutable_is_accepted_and_one_that_is_not_is_refused()
    {
        Refusals("Task<Fine> Do(Fine message);", "[GenerateSerializer, Immutable] public sealed record Fine(int Number);").ShouldBeEmpty();
        Refusals("Task Do(Loose message);", "public sealed record Loose(int Number);").Single()
            .ShouldStartWith("GRAIN002: ITried.Do(Loose): parameter 'message' is Loose, which is not known to be immutable.");
    }

    [Theory]
    [InlineData("Task Do(byte[] bytes);", "parameter 'bytes' is byte[]")]
    [InlineData("Task<List<int>> Do();", "the result is System.Collections.Generic.List<int>")]
    [InlineData("Task Do(ImmutableArray<int[]> rows);", "parameter 'rows'")]
    [InlineData("Task Do(object anything);", "parameter 'anything' is object")]
    public void what_could_change_after_it_was_sent_is_refused_by_name(string method, string named)
    {
        var refusal = Refusals(method).Single();
        refusal.ShouldStartWith("GRAIN002");
        refusal.ShouldContain(named);
    }

    [Theory]
    [InlineData("void Do();", "found void")]
    [InlineData("int Do();", "found int")]
    [InlineData("string Name { get; }", "methods only")]
    [InlineData("Task Do<T>(T one);", "generic grain method")]
    [InlineData("Task Do(ref int number);", "ref, in and out")]
    [InlineData("Task Do(CancellationToken stop, int number);", "comes last")]
    [InlineData("[OneWay] Task<int> Do();", "one-way method has no result")]
    public void a_shape_that_cannot_be_called_is_refused_with_the_reason(string method, string reason)
    {
        var refusal = Refusals(method).First();
        refusal.ShouldStartWith("GRAIN001");
        refusal.ShouldContain(reason);
    }
}
