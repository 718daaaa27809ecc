using System.Globalization;
using Orchestrator.Benchmarks;

// One command for each benchmark: dotnet run -c Release --project tests/Orchestrator.Benchmarks -- calls
switch (args.FirstOrDefault())
{
    case "journal":
        await JournalAppends.RunAsync(args[1..]);
        return 0;

    case "postgres":
        await PostgresAppends.RunAsync(args[1..]);
        return 0;

    case "calls":
        await GrainCalls.RunAsync(TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 3));
        return 0;

    case "simulation":
        SimulatedTurns.Run(seeds: args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200);
        return 0;

    case "workflows":
        await WorkflowRuns.RunAsync(args[1..]);
        return 0;

    case "topics":
        await TopicEvents.RunAsync(args[1..]);
        return 0;

    case "subscribers":
        await EventSubscribers.RunAsync(args[1..]);
        return 0;

    case "hotkeys":
        await HotKeys.RunAsync(args[1..]);
        return 0;

    case "dispatch":
        await TaskDispatches.RunAsync(args[1..]);
        return 0;

    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Orchestrator.Benchmarks -- journal [--store postgres] [folder] | postgres [writers [in flight]] | calls [seconds] | simulation [seeds] | workflows [folder] [section] | topics [folder] | hotkeys [folder] | dispatch [folder] [Orchestrator.ApiHost.dll] | subscribers [count] [folder] [Orchestrator.ApiHost.dll]");
        return 2;
}
