using Microsoft.Extensions.AI;
using Orchestrator.Vocabulary.Agents;
using Orchestrator.Vocabulary.Steps;

namespace Orchestrator.Adapters.Agents.Models;

/// <summary>Asks a model, and those that stand in for it when it is overloaded, broken or too slow; counts what each answer took.</summary>
/// <remarks>Of one attempt. A model that has failed once is not asked again in it.</remarks>
internal sealed class ModelChain(IChatClient client, ModelSettings settings)
{
    private readonly Queue<string> models = new([settings.Name, .. settings.Fallbacks]);
    private readonly List<StepFailure> failures = [];

    public CallUsage? Usage { get; private set; }

    /// <exception cref="ModelCallException">No model answered. Its failure is the last one's, and names the others.</exception>
    public async Task<ChatResponse> AskAsync(List<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
    {
        while (true)
        {
            options.ModelId = models.Peek();
            try
            {
                Usage = CallUsage.Sum(Usage, new CallUsage(1, 0, 0, Cost(0, 0), options.ModelId));
                var response = settings.Streams
                    ? await client.GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken)
                    : await client.GetResponseAsync(messages, options, cancellationToken);
                Count(response);
                return response;
            }
            catch (ModelCallException exception)
            {
                failures.Add(exception.Failure);
                if (!exception.AnotherMayHelp || models.Count == 1)
                {
                    throw new ModelCallException(Together(), anotherMayHelp: false);
                }

                models.Dequeue();
            }
        }
    }

    private void Count(ChatResponse response)
    {
        var (tokensIn, tokensOut) = (response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
        Usage = CallUsage.Sum(Usage, new CallUsage(0, tokensIn, tokensOut, Cost(tokensIn, tokensOut), response.ModelId ?? models.Peek()));
    }

    public void Add(CallUsage? others) => Usage = CallUsage.Sum(others, Usage);

    private decimal? Cost(long tokensIn, long tokensOut) => settings.PriceIn is null && settings.PriceOut is null
        ? null
        : (((settings.PriceIn ?? 0) * tokensIn) + ((settings.PriceOut ?? 0) * tokensOut)) / 1_000_000;

    private StepFailure Together()
    {
        var last = failures[^1];
        if (failures.Count == 1)
        {
            return last;
        }

        // Only when all are busy is there any use in waiting for one of them.
        var waits = failures.Select(failure => failure.RetryAfter).ToList();
        return last with
        {
            Message = string.Join(" Then: ", failures.Select(failure => failure.Message)),
            RetryAfter = waits.Contains(null) ? null : waits.Min(),
        };
    }
}
