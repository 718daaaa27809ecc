using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Orchestrator.LocalRuntime.Generators;

/// <summary>Writes, for each grain interface of a project, the class behind its references, and a list of them for the assembly.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class GrainReferenceGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var interfaces = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is InterfaceDeclarationSyntax { BaseList: not null },
                static (syntax, cancellation) => syntax.SemanticModel.GetDeclaredSymbol(syntax.Node, cancellation) is INamedTypeSymbol type
                    && MessageTypes.IsReference(type) && IsFirstDeclaration(type, syntax.Node) && !IsMarker(type)
                        ? GrainReferenceWriter.Write(type)
                        : null)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!);

        context.RegisterSourceOutput(interfaces, static (output, model) =>
        {
            foreach (var problem in model.Problems.Items)
            {
                output.ReportDiagnostic(problem.ToDiagnostic());
            }

            if (model.Problems.Items.IsEmpty)
            {
                output.AddSource(model.ProxyName + ".g.cs", SourceText.From(model.Source, Encoding.UTF8));
            }
        });

        context.RegisterSourceOutput(interfaces.Collect(), static (output, models) =>
        {
            var valid = models.Where(model => model.Problems.Items.IsEmpty).OrderBy(model => model.ProxyName, System.StringComparer.Ordinal).ToArray();
            if (valid.Length > 0)
            {
                output.AddSource("GrainManifest.g.cs", SourceText.From(GrainReferenceWriter.WriteManifest(valid), Encoding.UTF8));
            }
        });
    }

    private static bool IsFirstDeclaration(INamedTypeSymbol type, SyntaxNode node) =>
        type.DeclaringSyntaxReferences[0] is { } first && first.SyntaxTree == node.SyntaxTree && first.Span == node.Span;

    /// <summary>The roots of the model (<c>IGrain</c>, <c>IGrainWithStringKey</c> …) are called by nobody.</summary>
    private static bool IsMarker(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() == "Orchestrator.LocalRuntime" && type.GetMembers().IsEmpty;
}
