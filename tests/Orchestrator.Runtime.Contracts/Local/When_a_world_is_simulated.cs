using Orchestrator.Runtime.Contracts.Grains;

namespace Orchestrator.Runtime.Contracts.Local;

public sealed class When_a_world_is_simulated
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    private static ulong TraceOf(ulong seed)
    {
        using var cluster = Worlds.From(seed, change: options => options with { Faults = new() { Delayed = 0.2, Duplicated = 0.1, Reordered = 0.3 } });
        cluster.Run(() => cluster.World($"root").CallOthers(6)).ShouldBe(64);
        return cluster.Trace.Hash;
    }

    [Fact]
    public void the_same_seed_takes_the_same_turns()
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            TraceOf(seed).ShouldBe(TraceOf(seed));
        }
    }

    [Fact]
    public void the_same_seed_takes_the_same_turns_through_crashes_cuts_timers_reminders_and_streams()
    {
        for (var seed = 100UL; seed < 108; seed++)
        {
            Troubled(seed).ShouldBe(Troubled(seed));
        }
    }

    private static (ulong Hash, long Steps) Troubled(ulong seed)
    {
        using var cluster = Worlds.From(seed, change: options => options with
        {
            CrashProbability = 0.002,
            Faults = new() { Lost = 0.02, Delayed = 0.1, Duplicated = 0.05, Reordered = 0.1 },
        });
        for (var round = 0; round < 5; round++)
        {
            _ = cluster.Start(() => cluster.World($"t{round}").CallOthers(4));
            _ = cluster.Start(() => cluster.Ledger($"l{round % 2}").Add(1));
            _ = cluster.Start(() => cluster.Client.GetGrain<IRemindedGrain>($"r{round}").Remind("r", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)));
            _ = cluster.Start(() => cluster.Client.GetGrain<ISenderGrain>($"s{round}").Send("implicit", 0, 5));
            cluster.Advance(TimeSpan.FromSeconds(20));
            if (round == 2)
            {
                cluster.Cut(cluster.Silos[1]);
            }
        }

        cluster.Calm();
        cluster.Advance(TimeSpan.FromMinutes(3));
        return (cluster.Trace.Hash, cluster.Trace.Steps);
    }

    [Fact]
    public void a_timer_that_was_disposed_stays_silent_though_it_is_changed()
    {
        using var cluster = Worlds.From(seed: 1);
        var fired = 0;
        var changed = cluster.Run(() =>
        {
            var timer = cluster.Clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            timer.Dispose();
            return Task.FromResult(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        });
        cluster.Advance(TimeSpan.FromMinutes(1));
        (changed, fired).ShouldBe((false, 0));
    }

    [Fact]
    public void different_seeds_take_different_turns() =>
        Enumerable.Range(0, 50).Select(seed => TraceOf((ulong)seed)).Distinct().Count().ShouldBe(50);

    [Fact]
    public void grains_are_spread_over_the_silos_and_each_has_one_home()
    {
        using var cluster = Worlds.From(seed: 1);
        var homes = cluster.Run(() => Task.WhenAll(Enumerable.Range(0, 60).Select(number => cluster.World($"g{number}").Home())));
        homes.Distinct().Order().ShouldBe(["silo-0", "silo-1", "silo-2"]);
        cluster.Run(() => Task.WhenAll(Enumerable.Range(0, 60).Select(number => cluster.Silos[1].Client.GetGrain<IWorldGrain>($"g{number}").Home()))).ShouldBe(homes);
        cluster.Silos.Sum(silo => silo.ActivationCount).ShouldBe(60);
    }

    [Fact]
    public void a_day_of_virtual_time_takes_no_time()
    {
        using var cluster = Worlds.From(seed: 2, change: options => options with { ClientResponseTimeout = TimeSpan.FromDays(1) }, silo: options => options.ResponseTimeout = TimeSpan.FromDays(1));
        var start = cluster.Clock.GetUtcNow();
        cluster.Run(() => cluster.World("sleeper").Sleep(TimeSpan.FromHours(20)), TimeSpan.FromDays(2))
            .ShouldBeInRange(start.AddHours(20), start.AddHours(20).AddSeconds(1));
    }

    [Fact]
    public void time_stands_still_while_something_can_run_and_moves_exactly_when_told()
    {
        using var cluster = Worlds.From(seed: 3);
        var start = cluster.Clock.GetUtcNow();
        var sleeping = cluster.Start(() => cluster.World("sleeper").Sleep(TimeSpan.FromSeconds(10)));
        cluster.Advance(TimeSpan.FromSeconds(9));
        sleeping.IsCompleted.ShouldBeFalse();
        cluster.Clock.GetUtcNow().ShouldBe(start.AddSeconds(9));
        cluster.Advance(TimeSpan.FromSeconds(2));
        cluster.Run(() => sleeping).ShouldBe(start.AddSeconds(10));
    }

    [Fact]
    public void a_crash_loses_memory_and_keeps_what_was_stored()
    {
        using var cluster = Worlds.From(seed: 4);
        cluster.Run(() => cluster.Ledger("crash-ledger").Add(5)).ShouldBe(5);
        cluster.Run(() => cluster.Ledger("crash-ledger").AddUnsaved(100));
        cluster.Run(() => cluster.Ledger("crash-ledger").Total()).ShouldBe(105);
        cluster.Silos.Single(silo => silo.ActivationCount == 1).Crash();
        cluster.Advance(TimeSpan.FromSeconds(12));
        cluster.Run(() => cluster.Ledger("crash-ledger").Total()).ShouldBe(5);
        Probe.Of("crash-ledger").Diary.ShouldNotContain(entry => entry.StartsWith("deactivated"));
    }

    [Fact]
    public void a_caller_waits_the_response_timeout_for_a_crashed_silo_and_no_turn_of_it_runs_again()
    {
        using var cluster = Worlds.From(seed: 5);
        var home = cluster.Named(cluster.Run(() => cluster.World("victim").Home()));
        var sleeping = cluster.Start(() => cluster.World("victim").Sleep(TimeSpan.FromSeconds(5)));
        cluster.Advance(TimeSpan.FromSeconds(1));
        var crashedAt = cluster.Clock.GetUtcNow();
        home.Crash();
        cluster.RunUntil(() => sleeping.IsCompleted, Soon);
        sleeping.Exception!.InnerException.ShouldBeOfType<TimeoutException>();
        (cluster.Clock.GetUtcNow() - crashedAt).ShouldBe(TimeSpan.FromSeconds(29));
        home.ActivationCount.ShouldBe(0);
    }

    [Fact]
    public void a_caller_learns_of_a_death_at_once_where_the_world_says_so()
    {
        using var cluster = Worlds.From(seed: 6, change: options => options with { CallsToTheDeadFailAtOnce = true });
        var home = cluster.Named(cluster.Run(() => cluster.World("victim").Home()));
        var sleeping = cluster.Start(() => cluster.World("victim").Sleep(TimeSpan.FromSeconds(5)));
        cluster.Advance(TimeSpan.FromSeconds(1));
        home.Crash();
        cluster.Advance(TimeSpan.FromSeconds(11));
        sleeping.Exception!.InnerException.ShouldBeOfType<SiloUnavailableException>();
    }

    [Fact]
    public void a_restarted_silo_is_a_new_process_with_a_new_container()
    {
        using var cluster = Worlds.From(seed: 7, silos: 1);
        var silo = cluster.Silos[0];
        cluster.Run(() => cluster.World("w").Count());
        cluster.RunUntil(() => silo.ActivationCount == 1, Soon);
        var services = silo.Services;
        silo.Crash();
        silo.Restart();
        cluster.RunUntil(() => silo.IsReady, Soon);
        silo.Services.ShouldNotBeSameAs(services);
        silo.Incarnation.ShouldBe(2);
        cluster.Run(() => cluster.World("w").Counted()).ShouldBe(0);
    }

    [Fact]
    public void a_cut_brings_a_second_activation_of_which_the_store_lets_one_write_and_healing_ends_one()
    {
        using var cluster = Worlds.From(seed: 8);
        cluster.Run(() => cluster.Ledger("split").Add(1)).ShouldBe(1);
        var home = cluster.Silos.Single(silo => silo.ActivationCount == 1);
        cluster.Cut(home);
        var lost = cluster.Start(() => cluster.Ledger("split").Total());
        cluster.Advance(TimeSpan.FromSeconds(40));
        lost.Exception!.InnerException.ShouldBeOfType<TimeoutException>();

        cluster.Run(() => cluster.Ledger("split").Add(1)).ShouldBe(2);
        cluster.Silos.Sum(silo => silo.ActivationCount).ShouldBe(2);

        // The old activation still answers on its side. It cannot write: its record is no longer the newest.
        var old = home.Client.GetGrain<ILedgerGrain>("split");
        var refused = cluster.Start(() => old.Add(10));
        cluster.RunUntil(() => refused.IsCompleted, Soon);
        refused.Exception!.InnerException.ShouldBeOfType<InconsistentStateException>();
        cluster.Run(() => old.Total()).ShouldBe(2, "a fresh activation has read the record again");
        cluster.Silos.Sum(silo => silo.ActivationCount).ShouldBe(2);

        cluster.Heal();
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Silos.Sum(silo => silo.ActivationCount).ShouldBe(1);
        cluster.Run(() => old.Add(1)).ShouldBe(3);
        cluster.Run(() => cluster.Ledger("split").Total()).ShouldBe(3);
    }

    [Fact]
    public void lost_messages_end_in_timeouts_and_duplicates_run_twice()
    {
        using var cluster = Worlds.From(seed: 9, change: options => options with { Faults = new() { Lost = 1 } });
        var asked = cluster.Start(() => cluster.World("far").Home());
        cluster.RunUntil(() => asked.IsCompleted, Soon);
        asked.Exception!.InnerException.ShouldBeOfType<TimeoutException>();

        cluster.Faults = new() { Duplicated = 1 };
        cluster.Run(() => cluster.World("twice").Count());
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Run(() => cluster.World("twice").Counted()).ShouldBe(2);
    }

    [Fact]
    public void crashes_by_chance_come_between_turns_and_calm_ends_them()
    {
        using var cluster = Worlds.From(seed: 10, change: options => options with { CrashProbability = 0.01 });
        for (var round = 0; round < 50; round++)
        {
            var call = cluster.Start(() => cluster.World($"tree{round}").CallOthers(4));
            cluster.RunUntil(() => call.IsCompleted, Soon);
        }

        cluster.Silos.Sum(silo => silo.Incarnation).ShouldBeGreaterThan(5);
        cluster.Calm();
        cluster.Advance(TimeSpan.FromMinutes(1));
        cluster.Run(() => cluster.World("after").CallOthers(4)).ShouldBe(16);
    }

    [Fact]
    public void a_reminder_ticks_once_in_all_silos_and_after_the_crash_of_the_one_that_ticked_it()
    {
        using var cluster = Worlds.From(seed: 14);
        cluster.Run(() => cluster.Client.GetGrain<IRemindedGrain>("world-reminded").Remind("r", TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)));
        cluster.Advance(TimeSpan.FromMinutes(3.5));
        Probe.Of("world-reminded").Diary.Count(entry => entry.StartsWith('r')).ShouldBe(3);
        cluster.Silos[0].Crash();
        cluster.Silos[1].Crash();
        cluster.Advance(TimeSpan.FromMinutes(3));
        Probe.Of("world-reminded").Diary.Count(entry => entry.StartsWith('r')).ShouldBeInRange(5, 6);
    }

    [Fact]
    public void a_client_in_each_silo_hears_what_a_grain_in_any_silo_sends()
    {
        using var cluster = Worlds.From(seed: 14);
        var heard = cluster.Silos.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < heard.Length; i++)
        {
            var (silo, list) = (cluster.Silos[i], heard[i]);
            cluster.Run(() => silo.Start(() => silo.Client.GetStreamProvider("events").GetStream<int>("explicit", "told").SubscribeAsync((number, _) =>
            {
                list.Add(number);
                return Task.CompletedTask;
            })));
        }

        cluster.Run(() => cluster.Client.GetGrain<ISenderGrain>("told").Send("explicit", 0, 20));
        cluster.RunUntil(() => Array.TrueForAll(heard, list => list.Count == 20), Soon);
        heard.ShouldAllBe(list => list.SequenceEqual(Enumerable.Range(0, 20)));

        // One that cannot be reached is not waited for.
        cluster.Cut(cluster.Silos[2]);
        cluster.Advance(Soon);
        cluster.Run(() => cluster.Silos[0].Start(() => cluster.Silos[0].Client.GetGrain<ISenderGrain>("told").Send("explicit", 20, 1)));
        cluster.RunUntil(() => heard[0].Count == 21, Soon);
        heard[2].Count.ShouldBe(20);
    }

    [Fact]
    public void a_stream_crosses_silos_in_order()
    {
        using var cluster = Worlds.From(seed: 15);
        cluster.Run(() => Task.WhenAll(Enumerable.Range(0, 10).Select(number => cluster.Client.GetGrain<ISenderGrain>($"world-stream-{number}").Send("implicit", 0, 20))));
        cluster.Advance(TimeSpan.FromSeconds(1));
        for (var number = 0; number < 10; number++)
        {
            Probe.Of($"world-stream-{number}").Diary.ShouldBe(Enumerable.Range(0, 20).Select(item => $"{item}"));
        }
    }

    [Fact]
    public void a_silo_that_stops_in_good_order_tells_its_grains()
    {
        using var cluster = Worlds.From(seed: 16, silos: 2);
        cluster.Run(() => cluster.Ledger("world-stops").Add(1));
        var home = cluster.Silos.Single(silo => silo.ActivationCount == 1);
        var stopping = home.StopAsync();
        cluster.RunUntil(() => stopping.IsCompleted, Soon);
        home.IsRunning.ShouldBeFalse();
        Probe.Of("world-stops").Diary.ShouldBe(["activated with 0", "deactivated: ShuttingDown"]);
        cluster.Run(() => cluster.Ledger("world-stops").Total()).ShouldBe(1);
    }

    [Fact]
    public void work_that_leaves_for_the_thread_pool_fails_the_run_and_is_named()
    {
        using var cluster = Worlds.From(seed: 11, change: options => options with { EscapeGrace = TimeSpan.FromSeconds(10) });
        var call = cluster.Start(() => cluster.World("escapist").Escape());
        Should.Throw<SimulationEscapedException>(() => cluster.RunUntil(() => call.IsCompleted, Soon))
            .Message.ShouldContain($"{nameof(WorldGrain)}.{nameof(WorldGrain.Escape)}");
    }

    [Fact]
    public void a_pool_thread_that_reads_the_clock_is_named_too()
    {
        using var cluster = Worlds.From(seed: 12, change: options => options with { EscapeGrace = TimeSpan.FromSeconds(10) });
        var call = cluster.Start(() => cluster.World("escapist").EscapeQuietly());
        Should.Throw<SimulationEscapedException>(() => cluster.RunUntil(() => call.IsCompleted, TimeSpan.FromHours(1)))
            .Message.ShouldContain(nameof(WorldGrain.EscapeQuietly));
    }

    [Fact]
    public void a_turn_that_never_ends_fails_the_run_and_is_named()
    {
        using var cluster = Worlds.From(seed: 17);
        var call = cluster.Start(() => cluster.World("circling").RunInCircles());
        var message = Should.Throw<SimulationException>(() => cluster.RunUntil(() => call.IsCompleted, Soon)).Message;
        message.ShouldContain("world/circling");
        message.ShouldContain(nameof(WorldGrain.RunInCircles));
    }

    [Fact]
    public void what_is_left_of_the_turn_in_which_a_process_crashes_reaches_nobody_and_comes_to_its_end()
    {
        using var cluster = Worlds.From(seed: 18, silos: 1);
        cluster.Run(() => cluster.World("here").Counted());
        Task? call = null;
        _ = cluster.Silos[0].Start(async () =>
        {
            cluster.Silos[0].Crash();
            await (call = cluster.Silos[0].Client.GetGrain<IWorldGrain>("here").Counted());
        });
        cluster.Advance(TimeSpan.FromMinutes(5));
        call.ShouldNotBeNull().IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void a_condition_that_never_holds_fails_with_the_seed_and_what_waits()
    {
        using var cluster = Worlds.From(seed: 13);
        _ = cluster.Start(() => cluster.World("sleeper").Sleep(TimeSpan.FromHours(2)));
        var message = Should.Throw<SimulationException>(() => cluster.RunUntil(() => false, TimeSpan.FromHours(1))).Message;
        message.ShouldContain("seed 13");
        message.ShouldContain("world/sleeper");
    }
}
