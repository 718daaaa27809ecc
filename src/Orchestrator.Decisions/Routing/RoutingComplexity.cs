namespace Orchestrator.Decisions.Routing;

/// <summary>How hard it is to say where a request belongs, and so how large a model is asked (S4-15).</summary>
public enum RoutingComplexity
{
    /// <summary>Never judged.</summary>
    None = 0,

    /// <summary>A few words and a few agents: a small model will do.</summary>
    Simple = 1,

    /// <summary>Much to read, many to choose from, or rules that leave it open.</summary>
    Complex = 2,
}
