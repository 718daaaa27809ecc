using Microsoft.Extensions.Options;

namespace Orchestrator.ApiHost.Observing;

/// <summary>A port that serves metrics and nothing else cannot be the one that serves the API.</summary>
internal sealed class MetricsPortIsApart : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options) =>
        options.MetricsPort is { } port && options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Any(url => BindingAddress.Parse(url).Port == port)
            ? ValidateOptionsResult.Fail($"{ApiOptions.Section}:{nameof(options.MetricsPort)}: the port for metrics alone is another than those of {nameof(options.Urls)}; found {port} for both")
            : ValidateOptionsResult.Success;
}
