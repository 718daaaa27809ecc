using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using System.Text;
using System.Text.Json;
using Orchestrator.BuiltinAgents.Inputs;
using Orchestrator.Execution.Agents;

namespace Orchestrator.BuiltinAgents.Visuals;

/// <summary>Draws numbers as a chart in SVG.</summary>
internal sealed class ChartAgent(BuiltinAgentOptions options) : IAgent
{
    private const int BarsMax = 100;
    private const int LabelLengthMax = 200;
    private const int LabelShownMax = 14;
    private const double ValueMax = 1e15;
    private const int Width = 640;
    private const int Height = 400;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 40;
    private const int Bottom = 60;

    public static BuiltinAgentDescriptor Descriptor { get; } = new(
        "visual_generation_agent",
        "Draws numbers as a bar or line chart in SVG, with a scale of round numbers (Heckbert).",
        Actions: ["draw_chart", "create_visual"],
        Keywords: ["chart", "visual", "draw", "plot", "diagram"],
        Input: """
            data: [{ label, value }] — 1 to 100 numbers, each at most 1e15 in size
            kind: "bar" | "line" = "bar"
            title: string? — at most 200 characters
            """,
        Output: "svg: string — a whole SVG document without scripts\nwidth: integer, height: integer\nscale: [number]");

    public ValueTask<AgentAnswer> HandleAsync(AgentRequest request, CancellationToken cancellationToken)
    {
        using var input = AgentInput.Read(Descriptor, request, options);
        if (ServiceInItsPlace.For(input, Descriptor, "draws charts of numbers", "a service that makes images", "data", "kind", "title") is { } elsewhere)
        {
            return new(elsewhere);
        }

        var data = input.List("data", (field, element) => DatumOf(input, field, element));
        var kind = input.Choice("kind", "bar", "line");
        var title = input.OptionalText("title", LabelLengthMax);
        if (!input.Has("data"))
        {
            input.Complain("'data'", "a list of { label, value }", "nothing");
        }
        else if (data.Length > BarsMax)
        {
            input.Complain("'data'", $"at most {BarsMax} numbers", $"{data.Length}");
        }

        if (input.Refusal is { } refusal)
        {
            return new(refusal);
        }

        if (data.IsEmpty)
        {
            return new(AgentAnswer.Fail(AgentFailures.NothingToDo, "visual_generation_agent got no numbers to draw."));
        }

        // Bars begin at nothing, so nothing is always on the scale.
        var scale = NiceScale.Of(Math.Min(0, data.Min(datum => datum.Value)), Math.Max(0, data.Max(datum => datum.Value)));
        return new(AgentJson.Answer(new Output(Draw(data, kind, title, scale), Width, Height, scale)));
    }

    private static Datum? DatumOf(AgentInput input, string field, JsonElement element)
    {
        if (AgentInput.Member(element, "label") is not { } named || AgentInput.Member(element, "value") is not { ValueKind: JsonValueKind.Number } number
            || !number.TryGetDouble(out var value) || Math.Abs(value) > ValueMax)
        {
            input.Complain($"'{field}'", "an object with a label and a number of at most 1e15 in size", AgentInput.Describe(element));
            return null;
        }

        return input.TextOf(field + ".label", named, LabelLengthMax) is { } label ? new Datum(label, value) : null;
    }

    private static string Draw(ImmutableArray<Datum> data, string kind, string? title, ImmutableArray<double> scale)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">");
        if (title is not null)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title><text x=\"{Width / 2}\" y=\"24\" text-anchor=\"middle\" font-size=\"16\">{Text(title)}</text>");
        }

        double Y(double value) => Math.Round(Top + ((scale[^1] - value) / (scale[^1] - scale[0]) * (Height - Top - Bottom)), 2);
        foreach (var mark in scale)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{Y(mark)}\" x2=\"{Width - Right}\" y2=\"{Y(mark)}\" stroke=\"#ccc\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(mark) + 4}\" text-anchor=\"end\">{mark}</text>");
        }

        var step = (double)(Width - Left - Right) / data.Length;
        double X(int place) => Math.Round(Left + (step * (place + 0.5)), 2);
        if (kind == "line")
        {
            var points = string.Join(' ', data.Select((datum, place) => string.Create(CultureInfo.InvariantCulture, $"{X(place)},{Y(datum.Value)}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\"/>");
        }

        for (var i = 0; i < data.Length; i++)
        {
            if (kind == "bar")
            {
                var (top, bottom) = (Math.Min(Y(data[i].Value), Y(0)), Math.Max(Y(data[i].Value), Y(0)));
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Math.Round(X(i) - (step * 0.35), 2)}\" y=\"{top}\" width=\"{Math.Round(step * 0.7, 2)}\" height=\"{Math.Round(bottom - top, 2)}\" fill=\"#1f6feb\"/>");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(i)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Text(Shorten(data[i].Label))}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Shorten(string label) => label.Length <= LabelShownMax ? label : string.Concat(label.AsSpan(0, char.IsHighSurrogate(label[LabelShownMax - 2]) ? LabelShownMax - 2 : LabelShownMax - 1), "…");

    // XML has no way to write control characters, not even escaped.
    private static string Text(string text) => SecurityElement.Escape(new string([.. text.Where(c => !char.IsControl(c))]));

    private sealed record Datum(string Label, double Value);

    private sealed record Output(string Svg, int Width, int Height, ImmutableArray<double> Scale);
}
