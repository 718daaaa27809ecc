using System.Security.Claims;
using Microsoft.Extensions.Options;
using Orchestrator.ApiHost.Contract;
using Orchestrator.ApiHost.Problems;
using Orchestrator.Hosting.Operators;

namespace Orchestrator.ApiHost.Access;

/// <summary>Asks callers for a key, and holds its role to what the endpoint asks for.</summary>
/// <remarks>
/// Keys are required where the server listens beyond loopback, unless <c>Api:AllowAnonymous</c>, or <c>Api:RequireKeys</c>, says otherwise. Where they are
/// not, a key that is shown still says who its holder is. The key stands in <c>Authorization</c>, as Bearer or Basic, or in <c>X-Api-Key</c>.
/// </remarks>
internal sealed class AccessDoor(IOptions<ApiOptions> options, OperatorKeys keys, OperatorDoor operators)
{
    public const string KeyHeader = "X-Api-Key";
    private volatile bool beyondLoopback;

    public bool KeysAreRequired => options.Value.RequireKeys ?? (beyondLoopback && !options.Value.AllowAnonymous);

    /// <summary>Whether the server may listen where strangers could reach it: it knows keys, or was told to serve anybody. From then on it asks for them.</summary>
    public bool MayOpen()
    {
        beyondLoopback = true;
        return options.Value.AllowAnonymous || keys.Any;
    }

    /// <summary>Null when the request is let in; it then has its caller's name where a key was shown.</summary>
    public ApiProblem? Check(HttpContext http)
    {
        var holder = keys.Any ? HolderOf(http.Request) : null;
        if (holder is not null)
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, holder), new Claim(ClaimTypes.Role, SnakeCase.Of(keys.RoleOf(holder)))], "key"));
        }

        if (!KeysAreRequired || http.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<AsksOperators>() is not null)
        {
            return null;
        }

        var needed = AccessTable.Of(http.Request.Method, endpoint.RoutePattern.RawText ?? "");

        // A port of its own serves metrics and nothing else; who may reach it is the network's business.
        if (needed == Permission.Open || http.Connection.LocalPort == options.Value.MetricsPort)
        {
            return null;
        }

        if (holder is null)
        {
            operators.Refuse(http);
            return ApiProblem.Of("access.key_needed", $"This server asks for a key: send 'Authorization: Bearer KEY' or '{KeyHeader}: KEY', with a key of {OperatorOptions.Section}.");
        }

        return AccessTable.Has(keys.RoleOf(holder), needed)
            ? null
            : ApiProblem.Of("access.denied", $"This needs the permission '{SnakeCase.Of(needed)}', which the role '{SnakeCase.Of(keys.RoleOf(holder))}' of '{holder}' does not have.");
    }

    /// <summary>Whether a caller that was let in may do this besides, on the same connection.</summary>
    public bool Allows(HttpContext http, Permission permission) =>
        !KeysAreRequired || (http.User.Identity?.Name is { Length: > 0 } name && AccessTable.Has(keys.RoleOf(name), permission));

    private string? HolderOf(HttpRequest request) => request.Headers[KeyHeader].ToString() is { Length: > 0 } key
        ? keys.Find(key)
        : operators.HolderOf(request.Headers.Authorization.ToString());
}
