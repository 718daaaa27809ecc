namespace Orchestrator.Simulation.Worlds;

/// <summary>What may go wrong in a world while it is not calm.</summary>
[Flags]
internal enum Trouble
{
    None = 0,

    /// <summary>A silo dies between two turns, or in the middle of an append, on either side of it; it starts again later.</summary>
    Crashes = 1,

    /// <summary>Silos are cut off from the others and from the client; agents and the store stay in reach of both sides.</summary>
    Cuts = 2,

    /// <summary>Messages are lost.</summary>
    Losses = 4,

    /// <summary>Messages arrive twice.</summary>
    Duplicates = 8,

    /// <summary>Messages are held back and overtaken.</summary>
    Delays = 16,

    /// <summary>Appends, reads and looks take their time.</summary>
    SlowStore = 32,

    /// <summary>The store is away for a while, and single appends are refused.</summary>
    StoreAway = 64,

    /// <summary>An append is kept and its answer is lost.</summary>
    LostAnswers = 128,

    /// <summary>Agents fail, answer late, or never.</summary>
    Agents = 256,

    All = Crashes | Cuts | Losses | Duplicates | Delays | SlowStore | StoreAway | LostAnswers | Agents,
}
