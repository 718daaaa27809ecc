using Orchestrator.EndToEnd.Tests.Runs;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>The same promise where everything is kept in PostgreSQL.</summary>
public sealed class When_the_process_is_killed_on_postgres : KilledRun
{
    private const int Seed = 20261121;

    private readonly PostgresDatabase database = new();

    /// <summary>The first moment, the last, and two between them by chance: all ten are tried on the embedded store, and what differs here is what the store does with a process that is gone.</summary>
    public static TheoryData<string, int> Some
    {
        get
        {
            var all = Moments.ToArray();
            var chance = new Random(Seed);
            var some = new TheoryData<string, int>();
            foreach (var moment in (object[][])[all[0], .. all[1..^1].OrderBy(_ => chance.Next()).Take(2), all[^1]])
            {
                some.Add((string)moment[0], (int)moment[1]);
            }

            return some;
        }
    }

    protected override (string Name, string Value)[] Environment => OnPostgres.Environment(database.ConnectionString);

    public override async Task InitializeAsync()
    {
        await database.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await database.DisposeAsync();
    }

    [PostgresTheory, MemberData(nameof(Some))]
    public Task the_next_server_finishes_the_same_workflow_and_repeats_no_completed_step(string moment, int number) => NextServerFinishesAsync(moment, number);

    protected override void Settle(string agent) => Place.Write("orchestrator.yaml", OnPostgres.Settings(agent));
}
