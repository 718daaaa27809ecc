using System.Reflection;

namespace Orchestrator.LocalRuntime;

/// <summary>A request as filters and interleaving predicates see it. Reading an argument boxes it; nothing else on the call path does.</summary>
public interface IInvokable
{
    int GetArgumentCount();

    object? GetArgument(int index);

    string GetMethodName();

    string GetInterfaceName();

    Type GetInterfaceType();

    MethodInfo GetMethod();

    CancellationToken GetCancellationToken();
}
