namespace Orchestrator.BuiltinAgents.Specs;

public sealed class When_the_catalog_is_read
{
    [Fact]
    public void every_agent_is_found_by_an_action_of_its_own() =>
        BuiltinAgentCatalog.All.ShouldAllBe(agent => !agent.Descriptor.Actions.IsEmpty);

    [Fact]
    public void every_agent_says_what_it_is_and_can_be_made()
    {
        foreach (var agent in BuiltinAgentCatalog.All)
        {
            agent.Descriptor.Name.ShouldMatch("^[a-z]+([_-][a-z]+)*$");
            agent.Descriptor.Description.ShouldEndWith(".");
            agent.Descriptor.Keywords.ShouldNotBeEmpty();
            agent.Descriptor.Input.ShouldNotBeNullOrWhiteSpace();
            agent.Descriptor.Output.ShouldNotBeNullOrWhiteSpace();
            agent.Create(TimeProvider.System, new BuiltinAgentOptions()).ShouldNotBeNull();
        }
    }

    [Fact]
    public void no_two_agents_share_a_name_or_an_action()
    {
        BuiltinAgentCatalog.All.Select(agent => agent.Descriptor.Name).ShouldBeUnique();
        BuiltinAgentCatalog.All.SelectMany(agent => agent.Descriptor.Actions).ShouldBeUnique();
    }
}
