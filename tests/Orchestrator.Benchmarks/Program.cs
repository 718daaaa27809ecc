using Orchestrator.Benchmarks;

switch (args.FirstOrDefault())
{
    case "journal":
        await JournalAppends.RunAsync(args[1..]);
        return 0;

    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Orchestrator.Benchmarks -- journal [folder]");
        return 2;
}
