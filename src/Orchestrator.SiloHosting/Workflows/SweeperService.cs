using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>Runs the sweeper for as long as the host runs.</summary>
internal sealed class SweeperService(
    IWorkflowIndex index, IWorkflowWaker waker, SweepJournal journal, IOptions<SweepOptions> options, TimeProvider clock, Random random)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await new Sweeper(index, waker, journal, options.Value.ToPolicy(), clock, random).RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start looks for orphans first of all.
        }
    }
}
