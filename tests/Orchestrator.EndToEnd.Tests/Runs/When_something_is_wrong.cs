using Orchestrator.EndToEnd.Tests.Processes;

namespace Orchestrator.EndToEnd.Tests.Runs;

public sealed class When_something_is_wrong : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task every_problem_of_a_plan_is_a_line_with_its_place()
    {
        place.Write("plan.yaml", "id: bad\nsteps:\n  - { id: fetch, agentId: echo, action: echo }\n  - id: use\n    agentId: echo\n    action: echo\n    dependencies: [fetsh]\n");
        var run = (await place.OrcAsync("validate", "plan.yaml")).Exits(2);
        run.Output.ShouldBeEmpty();
        run.Errors.ShouldStartWith("plan.yaml:7:20 plan.unknown_dependency ");
        run.Errors.ShouldContain("did you mean 'fetch'?");
        (await place.OrcAsync("run", "plan.yaml")).Exits(2).Errors.ShouldBe(run.Errors);
        Directory.Exists(place.DataFolder).ShouldBeFalse();
    }

    [Fact]
    public async Task a_failed_workflow_is_exit_code_1_and_says_which_step_and_why()
    {
        place.Write("plan.yaml", "id: fails\nsteps:\n  - { id: look, agentId: nobody, action: look }\n");
        var run = (await place.OrcAsync("run", "plan.yaml")).Exits(1);
        run.Errors.ShouldContain("look: agent.");
        run.Errors.ShouldContain("failed in");
    }

    [Fact]
    public async Task what_was_typed_wrongly_is_exit_code_2()
    {
        (await place.OrcAsync("run")).Exits(2).Errors.ShouldContain("expected a PLAN");
        (await place.OrcAsync("rnu")).Exits(2).Errors.ShouldContain("rnu");
        (await place.OrcAsync("run", Workplace.Example("flaky.yaml"), "--input", "x")).Exits(2).Errors.ShouldContain("--input x: expected key=value or key=@file");
        (await place.OrcAsync("run", Workplace.Example("flaky.yaml"), "--input", "x=@nowhere.txt")).Exits(2).Errors.ShouldContain("there is no file nowhere.txt");
        (await place.OrcAsync("run", Workplace.Example("course.yaml"), "--input", "txt=x")).Exits(2).Errors.ShouldContain("--input txt: plan course has no such input; it has text");
        (await place.OrcAsync("run", Workplace.Example("flaky.yaml"), "--output", "xml")).Exits(2).Errors.ShouldContain("--output xml: expected table or json.");
    }

    [Fact]
    public async Task a_missing_plan_or_server_is_told_in_a_sentence()
    {
        (await place.OrcAsync("run", "nowhere.yaml")).Exits(4).Errors.ShouldBe("There is no file nowhere.yaml.\n");
        (await place.OrcAsync("get", "x")).Exits(1).Errors.ShouldContain("No server runs on the data folder ./.orc. Start one with 'orc dev'");
    }

    [Fact]
    public async Task a_file_outside_the_plans_folder_is_not_read()
    {
        place.Write("secret.txt", "hunter2");
        var plan = place.Write("plans/plan.yaml", "id: spy\ninputs:\n  text: { default: { file: ../secret.txt } }\nsteps:\n  - { id: tell, agentId: echo, action: echo, input: { text: \"${{ input.text }}\" } }\n");
        var run = (await place.OrcAsync("run", plan)).Exits(2);
        run.Errors.ShouldContain("it is not in the plan's folder");
        run.Errors.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task settings_are_refused_by_place_and_shown_with_their_source()
    {
        place.Write("orchestrator.yaml", "sweep:\n  dueEvery: 00:00:02\n");
        var shown = (await place.OrcAsync("config", "show")).Exits(0).Output.Split('\n').Single(line => line.TrimStart().StartsWith("Sweep:DueEvery", StringComparison.Ordinal));
        shown.ShouldContain("00:00:02");
        shown.ShouldContain("orchestrator.yaml:2");
        place.Write("orchestrator.yaml", "sweep:\n  dueEvry: 00:00:02\n");
        (await place.OrcAsync("run", Workplace.Example("flaky.yaml"))).Exits(2).Errors.ShouldContain("orchestrator.yaml:2:3 unknown setting sweep:dueEvry, did you mean sweep:DueEvery?");
    }
}
