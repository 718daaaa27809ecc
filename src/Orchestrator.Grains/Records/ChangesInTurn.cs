namespace Orchestrator.Grains.Records;

/// <summary>Lets the changes of one record follow one another, in a grain that lets other messages in while one is written.</summary>
internal sealed class ChangesInTurn
{
    private Task last = Task.CompletedTask;

    /// <summary>Makes a change when those before it are through, however they ended.</summary>
    public Task<T> MakeAsync<T>(Func<Task<T>> change)
    {
        var before = last;
        var turn = AfterAsync();
        last = turn;
        return turn;

        async Task<T> AfterAsync()
        {
            // How the one before ended is its own caller's business.
            await before.ContinueWith(_ => { }, TaskScheduler.Current);
            return await change();
        }
    }
}
