using Orchestrator.EndToEnd.Tests.Runs;
using Orchestrator.Testing.Postgres;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>The same promise where everything is kept in PostgreSQL.</summary>
public sealed class When_the_process_is_killed_on_postgres : KilledRun
{
    private readonly PostgresDatabase database = new();

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

    [PostgresTheory, MemberData(nameof(Moments))]
    public Task the_next_server_finishes_the_same_workflow_and_repeats_no_completed_step(string moment, int number) => NextServerFinishesAsync(moment, number);

    protected override void Settle(string agent) => Place.Write("orchestrator.yaml", OnPostgres.Settings(agent));
}
