using System.Reflection;
using Orchestrator.Grains.Steps;
using Orchestrator.Grains.Workflows;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.Contracts.Tests.Wire;

public sealed class Names_on_the_wire
{
    [Fact]
    public void are_given_once_whether_to_a_message_or_to_a_grain()
    {
        var assemblies = new[] { typeof(Step).Assembly, typeof(IStepGrain).Assembly, typeof(WorkflowGrain).Assembly };
        var named = assemblies.SelectMany(assembly => assembly.GetTypes()).Select(type => (Type: type.FullName, Alias: AliasOf(type))).Where(one => one.Alias is not null).ToList();

        named.Count.ShouldBeGreaterThan(50);
        named.GroupBy(one => one.Alias).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(one => one.Type))}").ShouldBeEmpty();
    }

    // By name, because each runtime has an attribute of its own.
    private static string? AliasOf(Type type) =>
        type.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType.Name == "AliasAttribute")?.ConstructorArguments[0].Value as string;
}
