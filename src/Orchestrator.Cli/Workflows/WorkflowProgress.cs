using Orchestrator.Cli.Doors;
using Orchestrator.Cli.Terminals;
using Orchestrator.Vocabulary.Steps;
using Spectre.Console;

namespace Orchestrator.Cli.Workflows;

/// <summary>Follows a workflow to its end: redrawn in place where somebody watches, a line per change where nobody does.</summary>
internal sealed class WorkflowProgress(Terminal terminal, IWorkflowDoor door, TimeProvider clock)
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public Task<WorkflowDocument> FollowAsync(string id, CancellationToken cancellationToken) =>
        terminal.IsLive ? FollowLiveAsync(id, cancellationToken) : FollowPlainAsync(id, cancellationToken);

    private async Task<WorkflowDocument> FollowPlainAsync(string id, CancellationToken cancellationToken)
    {
        var told = new Dictionary<string, StepStatus>(StringComparer.Ordinal);
        WorkflowDocument? latest = null;
        await foreach (var workflow in door.WatchAsync(id, cancellationToken))
        {
            var now = clock.GetUtcNow();
            foreach (var step in workflow.Steps.Where(step => step.State != StepStatus.Pending && (!told.TryGetValue(step.Id, out var before) || before != step.State)))
            {
                told[step.Id] = step.State;
                terminal.Note($"{StepWords.Mark(step.State).Icon} {step.Id}: {ResultText.Clean(StepWords.Sentence(step, workflow, now))}");
                if (IsAsking(step) && !door.OutlivesUs)
                {
                    terminal.Note($"  To decide: press Ctrl-C, start `orc dev`, then `orc approve {id} {step.Id}`.");
                }
            }

            latest = workflow;
        }

        return latest!;
    }

    private async Task<WorkflowDocument> FollowLiveAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var workflow = await DrawAsync(id, cancellationToken);
            if (workflow.IsFinal)
            {
                return workflow;
            }

            // Only an open question ends the drawing before the workflow ends: it cannot be asked while the screen is redrawn.
            await AskAsync(workflow, cancellationToken);
        }
    }

    private async Task<WorkflowDocument> DrawAsync(string id, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var latest = await door.GetAsync(id, cancellationToken);
        string? sentence = null;
        await terminal.Notes.Live(ProgressTable.Draw(latest, sentence, clock.GetUtcNow(), Height)).StartAsync(async live =>
        {
            var change = door.WaitForChangeAsync(id, latest.Version, leaving.Token);
            while (!latest.IsFinal && OpenQuestion(latest) is null)
            {
                await Task.WhenAny(change, Task.Delay(RedrawEvery, clock, leaving.Token));
                cancellationToken.ThrowIfCancellationRequested();
                if (change.IsCompleted)
                {
                    await change;
                    latest = await door.GetAsync(id, cancellationToken);
                    sentence = latest.IsFinal ? null : await door.ExplainAsync(id, cancellationToken);
                    change = latest.IsFinal ? change : door.WaitForChangeAsync(id, latest.Version, leaving.Token);
                }

                live.UpdateTarget(ProgressTable.Draw(latest, sentence, clock.GetUtcNow(), Height));
            }

            await leaving.CancelAsync();
            await change.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        });
        return latest;
    }

    private async Task AskAsync(WorkflowDocument workflow, CancellationToken cancellationToken)
    {
        var step = OpenQuestion(workflow)!;
        asked.Add(step.Id);
        var question = ResultText.Clean(step.Wait?.On is { Length: > 0 } prompt ? prompt : step.Id);
        terminal.Notes.MarkupLine($"[purple]✋[/] [bold]{Markup.Escape(step.Id)}[/] needs approval: {Markup.Escape(question)}");
        var approved = await new ConfirmationPrompt("Approve?") { DefaultValue = false }.ShowAsync(terminal.Notes, cancellationToken);
        await door.DecideApprovalAsync(workflow.Id, step.Id, approved, cancellationToken);
    }

    private StepRow? OpenQuestion(WorkflowDocument workflow) =>
        terminal.CanAsk ? workflow.Steps.FirstOrDefault(step => IsAsking(step) && !asked.Contains(step.Id)) : null;

    private static bool IsAsking(StepRow step) => step is { State: StepStatus.Waiting, Wait.Kind: WaitKind.Approval };

    private int Height => terminal.Notes.Profile.Height;
}
