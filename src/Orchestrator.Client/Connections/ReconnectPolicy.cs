using System.Security.Cryptography;

namespace Orchestrator.Client.Connections;

/// <summary>How often something that got no answer is tried, and the pauses between: they double, and each is drawn between nothing and its length, so that many clients do not come back together.</summary>
/// <remarks>"Full jitter" of Marc Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.</remarks>
/// <param name="chance">Draws from 0 to 1; null for the operating system's. Asked by several threads at once.</param>
public sealed class ReconnectPolicy(int attemptsMax, TimeProvider clock, Func<double>? chance = null)
{
    private const int Draws = 1 << 24;
    private const int DoublingsMax = 7;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private readonly Func<double> chance = chance ?? (() => RandomNumberGenerator.GetInt32(Draws) / (double)Draws);

    public int AttemptsMax { get; } = attemptsMax;

    /// <param name="failures">How many there were; 1 or more.</param>
    /// <param name="least">What the server asked for.</param>
    public Task PauseAsync(int failures, CancellationToken cancellationToken, TimeSpan least = default) =>
        Task.Delay(least + (First * (1 << Math.Min(failures, DoublingsMax)) * chance()), clock, cancellationToken);

    /// <summary>A new id that sorts by its time.</summary>
    public string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
}
