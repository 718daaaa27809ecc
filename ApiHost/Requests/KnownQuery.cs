using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.ApiHost.Problems;

namespace Orchestrator.ApiHost.Requests;

/// <summary>Refuses query parameters an endpoint does not have: a misspelt filter must not quietly select everything.</summary>
internal static class KnownQuery
{
    public static TBuilder RefusesUnknownQuery<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilterFactory((endpoint, next) =>
    {
        var known = Names(endpoint.MethodInfo).ToFrozenSet(StringComparer.Ordinal);
        return context =>
        {
            RequestCheck? check = null;
            foreach (var name in context.HttpContext.Request.Query.Keys)
            {
                if (!known.Contains(name))
                {
                    check ??= new();
                    var expected = known.Count == 0 ? "none is taken here" : "this route takes " + string.Join(", ", known.Order(StringComparer.Ordinal));
                    var meant = Nearest.To(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
                    check.Parameter(RequestCheck.Shown(name), $"There is no query parameter '{RequestCheck.Shown(name)}'; {expected}.{meant}");
                }
            }

            return check?.Problem is { } problem ? ValueTask.FromResult<object?>(problem) : next(context);
        };
    });

    private static IEnumerable<string> Names(MethodInfo handler) =>
        from parameter in handler.GetParameters()
        from name in parameter.GetCustomAttribute<AsParametersAttribute>() is not null
            ? parameter.ParameterType.GetConstructors()[0].GetParameters().Select(NameOf)
            : [NameOf(parameter)]
        where name is not null
        select name;

    private static string? NameOf(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<FromQueryAttribute>() is { } query ? query.Name ?? parameter.Name : null;
}
