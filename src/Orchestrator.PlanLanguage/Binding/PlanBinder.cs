using System.Collections.Immutable;
using Orchestrator.Decisions.Plans;
using Orchestrator.PlanLanguage.Documents;
using Orchestrator.Vocabulary.Payloads;
using Orchestrator.Vocabulary.Plans;

namespace Orchestrator.PlanLanguage.Binding;

/// <summary>Makes a plan of a document's tree: names to members, short forms to full ones. Its depth is the document's, which has a limit.</summary>
internal sealed class PlanBinder
{
    private readonly BindingProblems problems;
    private readonly StepBinder steps;
    private readonly Func<string, FileReading>? files;

    private PlanBinder(Node root, Func<string, FileReading>? files)
    {
        problems = new BindingProblems(root);
        steps = new StepBinder(problems, (node, pointer, id) => Plan(node, pointer, id));
        this.files = files;
    }

    public static PlanReading Bind(Node root, Func<string, FileReading>? files)
    {
        var binder = new PlanBinder(root, files);
        var plan = binder.Plan(root, "", idWhenLeftOut: null);
        if (plan is not null)
        {
            binder.problems.AddRules(PlanRules.Check(plan));
        }

        var found = binder.problems.ToImmutable();
        return new PlanReading(found.IsEmpty ? plan : null, found);
    }

    private Plan? Plan(Node node, string pointer, string? idWhenLeftOut)
    {
        if (node is not MapNode map)
        {
            problems.Wrong(node, pointer, "a plan: an object with id and steps");
            return null;
        }

        var fields = new FieldReader(map, pointer, PlanFields.Plan, "A plan", problems);
        var id = idWhenLeftOut is not null && !fields.Has("id") ? idWhenLeftOut : fields.RequiredText("id", "A plan");
        return new Plan(
            id,
            Steps(fields),
            Mode(fields),
            fields.Duration("timeout"),
            map["fallbackPlan"] is { } fallback ? Plan(fallback, fields.At("fallbackPlan"), Suffixed(id, "-fallback")) : null,
            Inputs(fields),
            fields.Value("output"),
            fields.Text("description"));
    }

    /// <summary>An id for a plan inside another that has none, short enough to be one.</summary>
    private static string Suffixed(string id, string suffix) =>
        (id.Length + suffix.Length <= PlanLimits.IdLengthMax ? id : id[..(PlanLimits.IdLengthMax - suffix.Length)]) + suffix;

    private ImmutableArray<Step> Steps(FieldReader fields)
    {
        switch (fields.Map["steps"])
        {
            case null:
                problems.Add(PlanProblemCodes.MissingField, "A plan needs the field 'steps'.", fields.At("steps"), fields.Map.Line, fields.Map.Column);
                return default;
            case ListNode list:
                var bound = ImmutableArray.CreateBuilder<Step>(list.Items.Count);
                for (var i = 0; i < list.Items.Count; i++)
                {
                    bound.Add(steps.Bind(list.Items[i], $"{fields.At("steps")}/{i}"));
                }

                return bound.ToImmutable();
            case { } other:
                problems.Wrong(other, fields.At("steps"), "an array of steps");
                return default;
        }
    }

    private PlanMode Mode(FieldReader fields)
    {
        var mode = fields.Word("mode", ["dag", "sequential"]) switch { "sequential" => PlanMode.Sequential, "dag" => PlanMode.Dag, _ => PlanMode.None };
        var parallel = fields.Flag("parallel") switch { true => PlanMode.Dag, false => PlanMode.Sequential, null => PlanMode.None };
        if (mode != PlanMode.None && parallel != PlanMode.None && mode != parallel && fields.Map["parallel"] is { } node)
        {
            problems.Add(
                PlanProblemCodes.ConflictingFields,
                $"'parallel' says {(parallel == PlanMode.Dag ? "dag" : "sequential")} and 'mode' says {(mode == PlanMode.Dag ? "dag" : "sequential")}; keep 'mode'.",
                fields.At("parallel"), node.Line, node.Column);
        }

        return mode != PlanMode.None ? mode : parallel != PlanMode.None ? parallel : PlanMode.Dag;
    }

    private ImmutableArray<PlanInput> Inputs(FieldReader fields)
    {
        var inputs = ImmutableArray.CreateBuilder<PlanInput>();
        switch (fields.Map["inputs"])
        {
            case null:
                return default;
            case ListNode list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    var pointer = $"{fields.At("inputs")}/{i}";
                    if (list.Items[i] is MapNode map)
                    {
                        var input = new FieldReader(map, pointer, PlanFields.Input, "An input", problems);
                        inputs.Add(Input(input, input.RequiredText("name", "An input")));
                    }
                    else
                    {
                        problems.Wrong(list.Items[i], pointer, "an input: an object with name, description, required, default");
                    }
                }

                break;
            case MapNode map:
                foreach (var member in map.Members)
                {
                    var pointer = FieldReader.Join(fields.At("inputs"), member.Name);
                    inputs.Add(member.Value switch
                    {
                        MapNode declared => Input(new FieldReader(declared, pointer, PlanFields.Input.Remove("name"), "An input", problems), member.Name),
                        NullNode => new PlanInput(member.Name),
                        { } value => new PlanInput(member.Name, Default: value.ToPayload()),
                    });
                }

                break;
            case { } other:
                problems.Wrong(other, fields.At("inputs"), "an object of inputs by name, or an array of inputs");
                break;
        }

        return inputs.Count == 0 ? default : inputs.ToImmutable();
    }

    private PlanInput Input(FieldReader fields, string name) =>
        new(name, fields.Text("description"), fields.Flag("required") ?? false, Default(fields));

    private Payload? Default(FieldReader fields)
    {
        if (fields.Map["default"] is not MapNode { Members: [{ Name: "file" } file] })
        {
            return fields.Value("default");
        }

        var pointer = fields.At("default") + "/file";
        if (files is null)
        {
            problems.Add(
                PlanProblemCodes.FileNotAllowed, "A file can be named only in a plan that is itself read from a file; give the text as the value.",
                pointer, file.Line, file.Column);
            return null;
        }

        if (fields.Text(file.Value, pointer) is not { } path)
        {
            return null;
        }

        var reading = files(path);
        if (reading.Text is null)
        {
            problems.Add(PlanProblemCodes.FileNotRead, $"The file '{FieldReader.Shown(path)}' cannot be used: {reading.Problem}", pointer, file.Value.Line, file.Value.Column);
            return null;
        }

        return new TextNode(reading.Text, file.Value.Line, file.Value.Column).ToPayload();
    }
}
