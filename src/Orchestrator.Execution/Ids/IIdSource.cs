namespace Orchestrator.Execution.Ids;

/// <summary>Gives out ids that nobody has given out before.</summary>
public interface IIdSource
{
    /// <summary>32 hexadecimal digits that sort by the time they were given out.</summary>
    string Next();
}
