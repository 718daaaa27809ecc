using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Access;
using Orchestrator.ApiHost.Agents;
using Orchestrator.ApiHost.Analytics;
using Orchestrator.ApiHost.Approvals;
using Orchestrator.ApiHost.Blobs;
using Orchestrator.ApiHost.Breakers;
using Orchestrator.ApiHost.Callbacks;
using Orchestrator.ApiHost.Completions;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.DeadLetters;
using Orchestrator.ApiHost.Documents;
using Orchestrator.ApiHost.Events;
using Orchestrator.ApiHost.Learners;
using Orchestrator.ApiHost.Limits;
using Orchestrator.ApiHost.Observing;
using Orchestrator.ApiHost.Orchestration;
using Orchestrator.ApiHost.Paging;
using Orchestrator.ApiHost.Plans;
using Orchestrator.ApiHost.Problems;
using Orchestrator.ApiHost.Queues;
using Orchestrator.ApiHost.Requests;
using Orchestrator.ApiHost.Routes;
using Orchestrator.ApiHost.Safety;
using Orchestrator.ApiHost.Schedules;
using Orchestrator.ApiHost.Sessions;
using Orchestrator.ApiHost.Sockets;
using Orchestrator.ApiHost.Subscriptions;
using Orchestrator.ApiHost.Tasks;
using Orchestrator.ApiHost.Topics;
using Orchestrator.ApiHost.Workflows;
using Orchestrator.Hosting.Configuration;
using Orchestrator.Hosting.Logging;
using Orchestrator.Hosting.Operators;
using Orchestrator.Hosting.Telemetry;
using Orchestrator.SiloHosting;
using Orchestrator.SiloHosting.Cluster;
using Orchestrator.SiloHosting.Completions;
using Orchestrator.SiloHosting.Queues;
using Orchestrator.SiloHosting.Storage;

namespace Orchestrator.ApiHost;

/// <summary>Puts the HTTP door onto a host that has an <see cref="IGrainFactory"/>: a silo in the same process, or a client of a cluster.</summary>
public static class OrchestratorWebApplication
{
    private static readonly TimeSpan HeadersPatience = TimeSpan.FromSeconds(10);

    /// <summary>A host of the API whose settings come from the five layers, ready to run.</summary>
    /// <param name="directory">Where <c>appsettings.json</c> and <c>orchestrator.yaml</c> are looked for.</param>
    /// <param name="flags">What the command line sets, by key, such as <c>Api:Urls</c>.</param>
    /// <param name="compose">Adds what stands behind the door: something that registers an <see cref="IGrainFactory"/>.</param>
    public static WebApplication Create(string directory, IEnumerable<KeyValuePair<string, string?>> flags, Action<WebApplicationBuilder> compose)
    {
        // An empty builder would leave out routing's defaults; a full one reads settings of its own, which ours replace. It need not watch for them:
        // it would be told of every write below the folder, and the data folder may lie there.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetFullPath(directory), Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Configuration.AddOrchestratorConfiguration(directory, flags: flags);
        builder.Services.AddOrchestratorLogging();
        builder.Services.AddOrchestratorTelemetry("orchestrator");
        builder.AddOrchestratorApi();
        builder.Services.AddOptions<ApiOptions>().PostConfigure<IOptions<DataOptions>, IOptions<ClusterOptions>>(KeepCursorKey);
        compose(builder);
        builder.Services.AddTaskQueue<QueuedTasks>();

        // Whoever names addresses on the application itself is heard instead.
        var api = builder.Configuration.GetSection(ApiOptions.Section);
        builder.WebHost.UseUrls(MetricsDoor.Urls(api[nameof(ApiOptions.Urls)] ?? new ApiOptions().Urls, int.TryParse(api[nameof(ApiOptions.MetricsPort)], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null));
        return builder.Build().MapOrchestratorApi();
    }

    /// <summary>Everything the door needs. Options are read from the section <see cref="ApiOptions.Section"/>.</summary>
    public static WebApplicationBuilder AddOrchestratorApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ApiOptions>();
        services.AddValidatedOptions<ClusterOptions>();
        services.AddSingleton<IValidateOptions<ApiOptions>, CursorKeyIsUsable>();
        services.AddSingleton<IValidateOptions<ApiOptions>, MetricsPortIsApart>();
        services.AddValidatedOptions<TaskOptions>();
        services.AddOperators();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RequestBody>();
        services.AddSingleton<CursorKey>();
        services.AddSingleton<Cursor>();
        services.AddSingleton<PlanChoice>();
        services.AddSingleton<TemplateShelf>();
        services.AddSingleton<WorkflowIdSource>();
        services.AddSingleton<WorkflowWait>();
        services.AddSingleton<WorkflowStarting>();
        services.AddSingleton<MessageWait>();
        services.AddSingleton<LearnerSessions>();
        services.AddSingleton<TaskStart>();
        services.AddSingleton<RequestStart>();
        services.AddSingleton<TaskMeter>();
        services.AddSingleton<StreamCount>();
        services.AddSingleton<TopicFeeds>();
        services.AddSingleton<SocketLearning>();
        services.AddSingleton<SocketDoor>();
        services.AddSingleton<ServerStart>();
        services.AddSingleton(provider => new MetricBook(provider.GetRequiredService<IOptions<ApiOptions>>().Value.MetricSeriesMax));
        services.AddSingleton<ApiMeter>();
        services.AddSingleton<IValidateOptions<ApiOptions>, RequiredKeysExist>();
        services.AddSingleton<AccessDoor>();
        services.AddSingleton<CallerOrigin>();
        services.AddSingleton<IntakeLimit>();
        services.AddSingleton<ListeningGuard>();
        services.AddSingleton<IServerAddress, ListeningAddress>();
        services.AddExceptionHandler<FaultProblems>();
        services.AddApiDocument();
        services.AddHealthChecks()
            .AddCheck<Draining>("draining", tags: [ObservingEndpoints.ReadyTag])
            .AddCheck<IndexAnswers>("index", tags: [ObservingEndpoints.ReadyTag, ObservingEndpoints.StartupTag]);
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ServerLimits>();
        return builder;
    }

    /// <summary>The whole door: what guards it, then its routes.</summary>
    public static WebApplication MapOrchestratorApi(this WebApplication app)
    {
        // Made now, so that they hear of instruments and clocks from the start.
        _ = app.Services.GetRequiredService<MetricBook>();
        _ = app.Services.GetRequiredService<ServerStart>();
        _ = app.Services.GetRequiredService<TaskMeter>();

        app.UseMiddleware<RequestLog>();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions { AllowStatusCode404Response = true, ExceptionHandler = _ => Task.CompletedTask });
        app.UseStatusCodePages(context => new ApiProblem(
            ProblemCatalog.ForStatus(context.HttpContext.Response.StatusCode), Bare(context.HttpContext)).ExecuteAsync(context.HttpContext));
        app.Use(static (http, next) => http.RequestServices.GetRequiredService<CallerOrigin>().Check(http.Request) is { } problem ? problem.ExecuteAsync(http) : next(http));
        app.Use(static (http, next) => (http.Request.Path.StartsWithSegments("/api") || http.GetEndpoint()?.Metadata.GetMetadata<CarriesStatusCode>() is not null) && http.RequestServices.GetService<IClusterDoor>() is { IsFound: false }
            ? ApiProblem.Of("cluster.unavailable", "No silo of the cluster has been found yet.").ExecuteAsync(http)
            : next(http));
        app.UseMetricsDoor(app.Services.GetRequiredService<IOptions<ApiOptions>>().Value);
        app.UseWebSockets();
        app.UseRouting();
        app.Use(static (http, next) => http.RequestServices.GetRequiredService<AccessDoor>().Check(http) is { } problem ? problem.ExecuteAsync(http) : next(http));
        app.Use(static (http, next) => http.RequestServices.GetRequiredService<IntakeLimit>().Check(http) is { } problem ? problem.ExecuteAsync(http) : next(http));
        app.UseDocumentPage();

        var api = app.MapGroup("/api/v1").RefusesUnknownQuery();
        var workflows = api.MapGroup("").WithTags("Workflows");
        workflows.MapWorkflowStart();
        workflows.MapWorkflowReads();
        workflows.MapWorkflowEventStream();
        workflows.MapWorkflowCommands();
        workflows.MapWorkflowApprovals();
        var plans = api.MapGroup("").WithTags("Plans");
        plans.MapPlans();
        plans.MapPlanAnalytics();
        api.MapGroup("").WithTags("Templates").MapTemplates();
        var agents = api.MapGroup("").WithTags("Agents");
        agents.MapAgents();
        agents.MapInsights();
        var routes = api.MapGroup("").WithTags("Routes");
        routes.MapRoutes();
        routes.MapRouteResolution();
        api.MapGroup("").WithTags("Breakers").MapBreakers();
        api.MapGroup("").WithTags("Approvals").MapApprovals();
        var schedules = api.MapGroup("").WithTags("Schedules");
        schedules.MapSchedules();
        schedules.MapScheduleCommands();
        api.MapGroup("").WithTags("Limits").MapLimits();
        api.MapGroup("").WithTags("Dead letters").MapDeadLetters();
        api.MapGroup("").WithTags("Callbacks").MapCallbacks();
        var topics = api.MapGroup("").WithTags("Topics");
        topics.MapTopics();
        topics.MapEventStream();
        api.MapGroup("").WithTags("Blobs").MapBlobs();
        api.MapGroup("").WithTags("Completions").MapCompletions();
        api.MapGroup("").WithTags("Sessions").MapSessions();
        app.MapGroup("").RefusesUnknownQuery().WithTags("Sessions").MapLearners();
        app.MapSocket();
        api.MapGroup("").WithTags("Subscriptions").MapSubscriptions();
        var tasks = app.MapGroup("").RefusesUnknownQuery().WithMetadata(new CarriesStatusCode()).WithTags("Tasks");
        tasks.MapTasks();
        tasks.MapAgentHealth();
        api.MapGroup("").WithTags("Tasks").MapRequestReads();
        var observing = app.MapGroup("").WithTags("Observing");
        observing.MapHealth();
        observing.MapHealthSummary();
        observing.MapMetrics();
        api.MapGroup("").WithTags("Observing").MapStats();
        app.MapDocuments();
        app.MapErrorPages();
        app.MapOperatorDashboard();
        return app;
    }

    /// <summary>Cursors outlive a restart where there is a data folder to keep their secret in.</summary>
    private static void KeepCursorKey(ApiOptions api, IOptions<DataOptions> data, IOptions<ClusterOptions> cluster)
    {
        if (cluster.Value.Role == ClusterRole.All && api is { CursorKey: null, CursorKeyFile: null } && Directory.Exists(data.Value.Folder))
        {
            api.CursorKeyFile = Path.Combine(data.Value.Folder, "cursor.key");
        }
    }

    private static string Bare(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at '{RequestCheck.Shown(http.Request.Path.Value ?? "")}'.",
        StatusCodes.Status405MethodNotAllowed => $"{RequestCheck.Shown(http.Request.Method)} is not offered at '{RequestCheck.Shown(http.Request.Path.Value ?? "")}'; Allow names what is.",
        _ => "The request was refused before it reached a route.",
    };

    /// <summary>What one caller, or many, may take of the server.</summary>
    private sealed class ServerLimits(IOptions<ApiOptions> options, ListeningGuard guard) : IConfigureOptions<KestrelServerOptions>
    {
        public void Configure(KestrelServerOptions server)
        {
            server.AddServerHeader = false;
            server.Limits.MaxConcurrentConnections = options.Value.ConnectionsMax;
            server.Limits.MaxRequestBodySize = options.Value.BodyBytesMax;
            server.Limits.RequestHeadersTimeout = HeadersPatience;
            server.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            server.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            server.ConfigureEndpointDefaults(guard.Check);
        }
    }
}
