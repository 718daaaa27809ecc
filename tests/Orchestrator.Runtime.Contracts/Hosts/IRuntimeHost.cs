namespace Orchestrator.Runtime.Contracts.Hosts;

/// <summary>A running silo with the grains of this assembly, on whichever runtime the tests are built for.</summary>
/// <remarks>Each runtime brings one class named <c>RuntimeHost</c> that implements it.</remarks>
public interface IRuntimeHost
{
    IClusterClient Client { get; }

    /// <summary>Silo time. It moves only when a test moves it.</summary>
    ManualClock Clock { get; }

    /// <summary>How long a call may go unanswered, in silo time.</summary>
    TimeSpan ResponseTimeout { get; }

    /// <summary>How long a grain may be idle, in silo time.</summary>
    TimeSpan CollectionAge { get; }

    /// <summary>Moves silo time in small steps until the condition holds; fails after the limit.</summary>
    Task AdvanceUntilAsync(Func<bool> condition, TimeSpan limit);

    /// <summary>Stops the silo in good order.</summary>
    Task StopAsync();
}
