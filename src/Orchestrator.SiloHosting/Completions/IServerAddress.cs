namespace Orchestrator.SiloHosting.Completions;

/// <summary>Where this process listens. Whoever opens a door for HTTP implements it.</summary>
public interface IServerAddress
{
    /// <summary>One address by which others may reach it; null before it listens, and where it listens on no address in particular.</summary>
    Uri? Find();
}
