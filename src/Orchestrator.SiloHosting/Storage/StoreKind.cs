namespace Orchestrator.SiloHosting.Storage;

/// <summary>The database everything is kept in.</summary>
public enum StoreKind
{
    /// <summary>One file in the data folder of one process.</summary>
    Sqlite,

    /// <summary>A PostgreSQL that several processes may share.</summary>
    Postgres,
}
