using Orchestrator.Decisions.Agents;
using Orchestrator.Vocabulary.Agents;

namespace Orchestrator.Decisions.Specs.Agents;

public sealed class When_credentials_are_declared
{
    [Fact]
    public void each_kind_may_be_declared_with_what_it_needs()
    {
        Check(new(CredentialKind.Header, "env:KEY")).ShouldBeNull();
        Check(new(CredentialKind.Header, "file:keys/scanner", Header: "X-Api-Key", Scheme: "Key")).ShouldBeNull();
        Check(new(CredentialKind.Basic, "env:PASSWORD", User: "orc")).ShouldBeNull();
        Check(new(CredentialKind.ClientCredentials, "env:SECRET", User: "orc", TokenUrl: "https://id.example.com/token", Scope: "a b")).ShouldBeNull();
    }

    [Fact]
    public void a_secret_itself_is_refused_and_not_repeated()
    {
        var refusal = Check(new(CredentialKind.Header, "sk-1234567890"));
        refusal.ShouldNotBeNull().ShouldContain("credentials.secret must say where the secret is");
        refusal.ShouldNotContain("sk-1234567890");
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("content-length")]
    [InlineData("Orchestrator-Attempt")]
    [InlineData("Idempotency-Key")]
    [InlineData("X Api")]
    [InlineData("X:Y")]
    [InlineData("")]
    public void a_header_that_a_request_has_anyway_or_that_is_none_is_refused(string header) =>
        Check(new(CredentialKind.Header, "env:KEY", Header: header)).ShouldNotBeNull().ShouldContain("credentials.header");

    [Fact]
    public void what_a_kind_needs_must_be_there_and_what_it_does_not_use_must_not()
    {
        Check(new(CredentialKind.Basic, "env:KEY")).ShouldNotBeNull().ShouldContain("credentials.user");
        Check(new(CredentialKind.Basic, "env:KEY", User: "a:b")).ShouldNotBeNull().ShouldContain("credentials.user");
        Check(new(CredentialKind.ClientCredentials, "env:KEY", User: "orc")).ShouldNotBeNull().ShouldContain("credentials.tokenUrl");
        Check(new(CredentialKind.ClientCredentials, "env:KEY", User: "orc", TokenUrl: "ftp://x/")).ShouldNotBeNull().ShouldContain("credentials.tokenUrl");
        Check(new(CredentialKind.Header, "env:KEY", User: "orc")).ShouldNotBeNull().ShouldContain("a member that its kind does not use");
        Check(new(CredentialKind.Basic, "env:KEY", User: "orc", Header: "X-Key")).ShouldNotBeNull().ShouldContain("a member that its kind does not use");
        Check(new(CredentialKind.None, "env:KEY")).ShouldNotBeNull().ShouldContain("credentials.kind");
    }

    [Fact]
    public void only_http_agents_have_them() =>
        AgentRules.Check(AgentRules.Complete(new AgentRegistration("a", AgentKind.Builtin, [], [], Credentials: new(CredentialKind.Header, "env:KEY"))))
            .ShouldNotBeNull().Message.ShouldContain("Only an agent of the kind 'http' has credentials");

    private static string? Check(AgentCredentials credentials) =>
        AgentRules.Check(AgentRules.Complete(new AgentRegistration("a", AgentKind.Http, [], [new AgentInstance("http://x/")], Credentials: credentials)))?.Message;
}
