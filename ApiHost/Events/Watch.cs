namespace Orchestrator.ApiHost.Events;

/// <summary>Asks a grain that waits for something new.</summary>
internal static class Watch
{
    /// <summary>The longest a grain lets one call wait.</summary>
    public static TimeSpan Max { get; } = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PollLeast = TimeSpan.FromMilliseconds(250);

    /// <summary>The next page, or an empty one after <paramref name="patience"/>.</summary>
    /// <remarks>A grain with more watchers than it keeps answers at once and empty; asking again at once would turn all of them into a storm.</remarks>
    public static async Task<TPage> OnceAsync<TPage>(
        Func<TimeSpan, Task<TPage>> ask, Func<TPage, bool> isEmpty, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        var page = await ask(patience < Max ? patience : Max);
        if (isEmpty(page) && clock.GetElapsedTime(asked) < PollLeast && PollLeast <= patience)
        {
            await Task.Delay(PollLeast, clock, cancellationToken);
        }

        return page;
    }
}
