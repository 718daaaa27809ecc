using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Audits;
using Orchestrator.Execution.Journals;

namespace Orchestrator.SiloHosting.Workflows;

/// <summary>Runs the auditor for as long as the host runs.</summary>
internal sealed class AuditService(
    IJournalAudit audit,
    IWorkflowIndex index,
    IWorkflowJournal journal,
    AuditRecord record,
    IOptions<AuditOptions> options,
    WorkflowPolicy workflows,
    TimeProvider clock,
    Random random)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await new Auditor(audit, index, journal, record, options.Value.ToPolicy(), workflows, clock, random).RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start begins again with the newest.
        }
    }
}
