using Microsoft.Extensions.Options;
using Orchestrator.Hosting.Operators;

namespace Orchestrator.ApiHost.Access;

/// <summary>Refuses a server that asks for keys nobody has, and one that is told both to ask and not to.</summary>
internal sealed class RequiredKeysExist(OperatorKeys keys) : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options) => options switch
    {
        { RequireKeys: true, AllowAnonymous: true } => ValidateOptionsResult.Fail(
            $"{ApiOptions.Section}:{nameof(options.RequireKeys)}: expected one of RequireKeys and AllowAnonymous, found both"),
        { RequireKeys: true } when !keys.Any => ValidateOptionsResult.Fail(
            $"{ApiOptions.Section}:{nameof(options.RequireKeys)}: expected a key in {OperatorOptions.Section}:Keys or KeyHashes, found none, and so nobody could ask for anything"),
        _ => ValidateOptionsResult.Success,
    };
}
