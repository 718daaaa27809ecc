using System.Globalization;
using Orchestrator.EndToEnd.Tests.Processes;
using Orchestrator.Testing.Postgres;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Tests.Postgres;

/// <summary>A real PostgreSQL, ended at random moments under a real server under load: what was acknowledged is kept, and finishes.</summary>
public sealed class When_the_database_crashes_under_load(ITestOutputHelper output)
{
    private const int AcknowledgedMin = 60;

    [PostgresTheory(OwnServer = true)]
    [InlineData(20261121)]
    public async Task nothing_acknowledged_is_lost_and_everything_finishes(int seed)
    {
        const int Crashes = 3;
        var chance = new Random(seed);
        await using var world = await FailingDatabase.StartAsync();
        await using var server = await world.Place.StartServerAsync(world.Environment);
        var load = new Load(server.Http);
        var readyAfter = new List<double>();
        var inRecovery = 0;
        for (var i = 0; i < Crashes; i++)
        {
            await load.MoreAsync(chance.Next(10, 30));
            await world.Postgres.CrashAsync();

            // As soon as it says that it recovers, for on a quick machine that is over in a moment; the last time at any moment.
            var into = TimeSpan.FromMilliseconds(i < Crashes - 1 ? 0 : chance.Next(0, 200));
            if (await world.Postgres.CrashInRecoveryAsync(into))
            {
                inRecovery++;
            }

            await world.Postgres.StartAgainAsync();
            readyAfter.Add((await FailingDatabase.ReadyAgainAsync(server)).TotalSeconds);

            // And once more while our process reads again what it was doing.
            await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(0, 500)), TimeProvider.System);
            await world.Postgres.CrashAsync();
            await world.Postgres.StartAgainAsync();
            readyAfter.Add((await FailingDatabase.ReadyAgainAsync(server)).TotalSeconds);
        }

        await load.MoreAsync(10);
        await world.SettleAsync(load, output, string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}; {(3 * Crashes)} crashes, {inRecovery} of them in recovery; ready after {string.Join(" ", readyAfter.Select(seconds => seconds.ToString("0.0", CultureInfo.InvariantCulture)))} s"));

        // A run that did nothing proves nothing.
        load.Acknowledged.Count.ShouldBeGreaterThan(AcknowledgedMin);
        inRecovery.ShouldBeGreaterThan(0);
    }

    [PostgresFact(OwnServer = true)]
    public async Task connections_that_are_ended_five_times_a_second_lose_nothing()
    {
        const int Rounds = 25;
        await using var world = await FailingDatabase.StartAsync();
        await using var server = await world.Place.StartServerAsync(world.Environment);
        var load = new Load(server.Http);
        await load.MoreAsync(1);
        using var fifth = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var ended = 0;
        for (var i = 0; i < Rounds; i++)
        {
            await fifth.WaitForNextTickAsync();
            ended += await world.Postgres.TerminateBackendsAsync(world.DatabaseName);
        }

        await FailingDatabase.ReadyAgainAsync(server);
        await load.MoreAsync(10);
        await world.SettleAsync(load, output, string.Create(CultureInfo.InvariantCulture, $"{ended} connections ended in {Rounds} rounds"));
        load.Acknowledged.Count.ShouldBeGreaterThan(AcknowledgedMin / 2);
        ended.ShouldBeGreaterThan(Rounds);
    }
}
