using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Execution.Topics;
using Orchestrator.Grains.Topics;
using Orchestrator.Testing.Journals;
using Orchestrator.Testing.Topics;
using Orchestrator.Vocabulary.Topics;

namespace Orchestrator.Grains.Tests.Topics;

/// <summary>Silos in virtual time that share a log of topics in memory, each with the real grains and the real listener to the others.</summary>
internal sealed class TopicWorld : IDisposable
{
    public static readonly TopicName Topic = new("news");

    public TopicWorld(ulong seed = 1, int silos = 3, Action<TopicGrainOptions>? configure = null, bool listens = true) =>
        Cluster = new SimulatedCluster(seed, new SimulationOptions { Silos = silos }, (_, services) =>
        {
            services.AddSingleton<ITopicLog>(Log);
            services.AddSingleton<IWorkflowNews>(provider => new OutboxNews(Journal, Log, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<TopicBells>();
            services.Configure<TopicGrainOptions>(options => configure?.Invoke(options));
            services.AddLocalSilo(silo => silo.AddGrains(typeof(TopicGrain).Assembly).AddMemoryStreams(TopicStreams.ProviderName));
            if (listens)
            {
                services.AddSingleton<TopicHintListener>();
                services.AddHostedService<Listening>();
            }
        });

    public SimulatedCluster Cluster { get; }

    public InMemoryTopicLog Log { get; } = new();

    public InMemoryJournal Journal { get; } = new();

    public TimeProvider Clock => Cluster.Clock;

    public ITopicGrain Writer => Cluster.Client.Topic(Topic);

    /// <summary>The reader of one silo, asked as an API host in that silo would.</summary>
    public ITopicReaderGrain Reader(int silo) => Cluster.Silos[silo].Client.TopicReader(Topic);

    public PublishReply Publish(int first, int last) => Cluster.Run(() => Writer.PublishAsync(SampleEvents.Samples(first, last)));

    /// <summary>Begins to watch from inside a silo.</summary>
    public Watching Watch(int silo, long after, TimeSpan? patience = null)
    {
        var watching = new Watching();
        var started = Clock.GetUtcNow();
        _ = Cluster.Silos[silo].Start(async () =>
        {
            watching.Page = await Reader(silo).WatchAsync(after, 100, patience ?? TimeSpan.FromSeconds(10));
            watching.Took = Clock.GetUtcNow() - started;
        });
        return watching;
    }

    public void Dispose() => Cluster.Dispose();

    internal sealed class Watching
    {
        public TopicPage? Page { get; set; }

        public TimeSpan Took { get; set; }

        public IEnumerable<long> Numbers => Page!.Events.Select(kept => kept.Number);
    }

    private sealed class Listening(TopicHintListener listener) : IHostedService
    {
        private readonly CancellationTokenSource stopping = new();

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = listener.RunAsync(stopping.Token);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => stopping.CancelAsync();
    }
}
