using Microsoft.Extensions.Options;
using Orchestrator.Adapters.RabbitMq;
using Orchestrator.SiloHosting.Topics;

namespace Orchestrator.SiloHosting.Queues;

/// <summary>Refuses to tell results of which no news are kept.</summary>
internal sealed class ResultsHaveNews(IOptionsMonitor<WorkflowNewsOptions> news) : IValidateOptions<MessageQueueOptions>
{
    public ValidateOptionsResult Validate(string? name, MessageQueueOptions options) =>
        options is { Type: not MessageQueueType.None, TellsResults: true } && !news.CurrentValue.Told
            ? ValidateOptionsResult.Fail(
                $"{MessageQueueOptions.Section}:{nameof(options.TellsResults)} needs {WorkflowNewsOptions.Section}:{nameof(WorkflowNewsOptions.Told)}, which is false: results are told from the news of workflows.")
            : ValidateOptionsResult.Success;
}
