namespace Orchestrator.Grains.Activations;

/// <summary>Messages that a grain sends while it goes on: whoever caused one does not wait for it.</summary>
/// <remarks>Each is tried three times. What is lost after that, or with the process, heals by itself: a lease ends by silence, a step asks again.</remarks>
/// <param name="failed">Notes a try that failed: why, who was to be reached, and the number of the try.</param>
internal sealed class Errands(TimeProvider clock, Action<Exception, string, int> failed)
{
    public const int TriesMax = 3;
    private const int SweepLeast = 64;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(200);

    private readonly List<Task> underWay = [];
    private int sweepAt = SweepLeast;

    /// <summary>Tries to send; ends when it is sent or given up, and never fails.</summary>
    public async Task SendAsync(string to, Func<Task> send)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await send();
                return;
            }
            catch (Exception exception)
            {
                failed(exception, to, attempt);
                if (attempt == TriesMax)
                {
                    return;
                }
            }

            await Task.Delay(TryAgainAfter, clock, CancellationToken.None);
        }
    }

    /// <summary>Takes note of an errand that was begun, so that <see cref="EndAsync"/> waits for it.</summary>
    public void Run(Task errand)
    {
        if (errand.IsCompleted)
        {
            return;
        }

        if (underWay.Count >= sweepAt)
        {
            underWay.RemoveAll(run => run.IsCompleted);
            sweepAt = Math.Max(SweepLeast, underWay.Count * 2);
        }

        underWay.Add(errand);
    }

    public Task EndAsync(CancellationToken cancellationToken) => Task.WhenAll(underWay).WaitAsync(cancellationToken);
}
