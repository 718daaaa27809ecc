namespace Orchestrator.BuiltinAgents.Specs;

/// <summary>A fact that needs a shell, or links that anyone may make.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Needs a POSIX shell and links.";
        }
    }
}
