namespace Orchestrator.Runtime.Contracts.Hosts;

/// <summary>A running silo with the grains of this assembly, on whichever runtime the tests are built for.</summary>
/// <remarks>Each runtime brings one class named <c>RuntimeHost</c> that implements it.</remarks>
public interface IRuntimeHost
{
    IClusterClient Client { get; }

    /// <summary>Silo time, on which timers and reminders run. It moves only when a test moves it.</summary>
    ManualClock Clock { get; }

    /// <summary>How long a call may go unanswered. A runtime that does not measure it in silo time has a short one.</summary>
    TimeSpan ResponseTimeout { get; }

    /// <summary>How long a grain may be idle. A runtime that does not measure it in silo time has a short one.</summary>
    TimeSpan CollectionAge { get; }

    /// <summary>Lets so much time pass on every clock that the runtime reads.</summary>
    Task PassAsync(TimeSpan time);

    /// <summary>Moves silo time in small steps until the condition holds; fails after the limit, and after what a runtime needs beside silo time.</summary>
    Task AdvanceUntilAsync(Func<bool> condition, TimeSpan limit);

    /// <summary>Stops the silo in good order.</summary>
    Task StopAsync();
}
