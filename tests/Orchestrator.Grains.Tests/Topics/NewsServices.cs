using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Decisions.Workflows;
using Orchestrator.Execution.Blobs;
using Orchestrator.Execution.Journals;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Topics;
using Orchestrator.Testing.Blobs;
using Orchestrator.Testing.Journals;
using Orchestrator.Testing.Topics;

namespace Orchestrator.Grains.Tests.Topics;

/// <summary>What one installation keeps in memory, and what its silos need to tell news of their workflows. It outlives the silos.</summary>
internal sealed class NewsServices(bool tellsAll)
{
    private readonly MemoryGrainStorage storage = new();
    private readonly MemoryReminderTable reminders = new();

    public InMemoryJournal Journal { get; } = new();

    public InMemoryTopicLog Log { get; } = new();

    /// <param name="silo">The name of the silo that starts.</param>
    public void AddTo(IServiceCollection services, string silo)
    {
        services.AddSingleton<IWorkflowJournal>(Journal);
        services.AddSingleton<IBlobStore>(new InMemoryBlobStore());
        services.AddSingleton(Journal.StartProcess(silo));
        services.AddSingleton(WorkflowPolicy.Default with { TellsNews = tellsAll });
        services.AddSingleton<ITopicLog>(Log);
        services.AddSingleton<IWorkflowNews>(provider => new OutboxNews(Journal, Log, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TopicBells>();
        services.AddLocalSilo(local => local
            .AddGrains(typeof(TopicGrain).Assembly)
            .AddMemoryStreams(TopicStreams.ProviderName)
            .AddReminderTable(_ => reminders)
            .AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => storage));
    }
}
