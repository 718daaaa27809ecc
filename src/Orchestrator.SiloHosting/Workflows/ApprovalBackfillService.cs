using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Workflows;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>Fills the inbox of a store that was written before there was one, once; tried until it is done.</summary>
internal sealed partial class ApprovalBackfillService(
    IApprovalBackfill backfill, IWorkflowJournal journal, WorkflowPolicy policy, TimeProvider clock, ILogger<ApprovalBackfillService> logger)
    : BackgroundService
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryAsync(stoppingToken))
            {
                await Task.Delay(TryAgainAfter, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start goes on with what is left.
        }
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            var done = await new ApprovalBackfilling(backfill, journal, policy).RunAsync(stoppingToken);
            if (done > 0)
            {
                LogFilled(done);
            }

            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(failure);
            return false;
        }
    }

    [LoggerMessage(EventId = 1571, EventName = "InboxFilled", Level = LogLevel.Information, Message = "Approvals of {Workflows} unfinished workflows were entered into the inbox")]
    private partial void LogFilled(int workflows);

    [LoggerMessage(EventId = 1572, EventName = "InboxNotFilled", Level = LogLevel.Warning, Message = "Approvals of older workflows could not be entered into the inbox; it is tried again")]
    private partial void LogFailed(Exception exception);
}
