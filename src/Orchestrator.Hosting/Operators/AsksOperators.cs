namespace Orchestrator.Hosting.Operators;

/// <summary>Marks an endpoint that asks for an operator's key itself.</summary>
public sealed record AsksOperators;
