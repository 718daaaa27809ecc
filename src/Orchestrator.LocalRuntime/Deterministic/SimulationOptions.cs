using System.ComponentModel.DataAnnotations;

namespace Orchestrator.LocalRuntime;

/// <summary>How a simulated world behaves where its seed decides.</summary>
public sealed record SimulationOptions
{
    /// <summary>Silos at the start, named <c>silo-0</c>, <c>silo-1</c> and so on.</summary>
    /// <value>1 to 64. The default is 1.</value>
    [Range(1, 64)]
    public int Silos { get; init; } = 1;

    /// <summary>The first instant. The default is the year 2030, so that no test depends on today.</summary>
    public DateTimeOffset Start { get; init; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long after a crash or a cut the others take a silo for dead, forget what they knew to be there, and activate it elsewhere.</summary>
    /// <value>0 or more. The default is 11 s, which is Orleans' with default probes.</value>
    public TimeSpan DeathNoticedAfter { get; init; } = TimeSpan.FromSeconds(11);

    /// <summary>Whether calls in flight to a silo fail when its death is noticed, instead of waiting for the response timeout. The default is false, as in Orleans.</summary>
    public bool CallsToTheDeadFailAtOnce { get; init; }

    /// <summary>How long an external client waits for an answer.</summary>
    /// <value>Above 0. The default is 30 s.</value>
    public TimeSpan ClientResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public NetworkFaults Faults { get; init; } = NetworkFaults.None;

    /// <summary>The probability, before each step, that a random running silo crashes.</summary>
    /// <value>0 to 1. The default is 0.</value>
    [Range(0.0, 1.0)]
    public double CrashProbability { get; init; }

    /// <summary>The longest a silo stays down after a crash that <see cref="CrashProbability"/> brought; how long, chance decides.</summary>
    /// <value>0 or more. The default is 20 s.</value>
    public TimeSpan DownAtMost { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many of the last events are kept as text, for reading after a failure.</summary>
    /// <value>0 or more. The default is 0, which is also the fastest.</value>
    [Range(0, 10_000_000)]
    public int TraceLinesMax { get; init; }

    /// <summary>How long, in real time, a call that timed out in a living silo is given for work that left the simulation to show up and be named. At most ten times in a run.</summary>
    /// <value>0 or more. The default is 1 ms.</value>
    public TimeSpan EscapeGrace { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Steps after which the simulation is taken to run in circles.</summary>
    /// <value>1 or more. The default is 50,000,000.</value>
    [Range(1L, long.MaxValue)]
    public long StepsMax { get; init; } = 50_000_000;

    /// <summary>How often one step may ask for the time, a timer, a call or a turn, before it is taken to run in circles; the error names the grain.</summary>
    /// <value>1 or more. The default is 1,000,000.</value>
    [Range(1, int.MaxValue)]
    public int AsksPerStepMax { get; init; } = 1_000_000;
}

/// <summary>What may happen to a message between two processes; requests and answers alike.</summary>
public sealed record NetworkFaults
{
    public static NetworkFaults None { get; } = new();

    /// <summary>The probability that a message never arrives.</summary>
    public double Lost { get; init; }

    /// <summary>The probability that a message arrives twice.</summary>
    public double Duplicated { get; init; }

    /// <summary>The probability that a message is held back for a while.</summary>
    public double Delayed { get; init; }

    /// <summary>The longest a delayed message is held back.</summary>
    public TimeSpan DelayedAtMost { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The probability that a message is overtaken by one sent later.</summary>
    public double Reordered { get; init; }
}

/// <summary>The simulation cannot go on, or its owner broke its rules.</summary>
public class SimulationException(string message) : Exception(message);

/// <summary>Work left the simulated world for the thread pool, so the run can no longer be repeated.</summary>
public sealed class SimulationEscapedException(string message) : SimulationException(message);
