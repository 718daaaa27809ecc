using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Hosting;

public static class HostRun
{
    /// <summary>Runs the host until it is told to stop. One that is told so while it still starts, as while it waits for its store, ends in good order too.</summary>
    public static async Task RunToItsEndAsync(this IHost host)
    {
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            await host.RunAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It had not started; there is nothing to end.
        }
    }
}
