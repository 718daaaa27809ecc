using Microsoft.Extensions.Options;
using Orchestrator.Adapters.Postgres;

namespace Orchestrator.SiloHosting.Storage;

/// <summary>Refuses a choice of PostgreSQL that does not say where it is, and settings of it that contradict each other.</summary>
internal sealed class StoreIsReachable(IOptionsMonitor<PostgresOptions> postgres) : IValidateOptions<DataOptions>
{
    public ValidateOptionsResult Validate(string? name, DataOptions options)
    {
        if (options.Store != StoreKind.Postgres)
        {
            return ValidateOptionsResult.Success;
        }

        try
        {
            postgres.CurrentValue.Validate();
            return ValidateOptionsResult.Success;
        }
        catch (System.ComponentModel.DataAnnotations.ValidationException problem)
        {
            return ValidateOptionsResult.Fail(problem.Message);
        }
    }
}
