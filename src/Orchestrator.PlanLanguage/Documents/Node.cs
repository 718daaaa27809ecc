using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.PlanLanguage.Documents;

/// <summary>A value of a document with its place, the same for JSON and YAML. Aliases of YAML share nodes, so nothing is unfolded in memory.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
internal abstract record Node(int Line, int Column)
{
    /// <summary>How many nodes it is when aliases are unfolded, itself included.</summary>
    public long Count { get; protected init; } = 1;

    /// <summary>How many characters it is when aliases are unfolded.</summary>
    public long Weight { get; protected init; }

    /// <summary>How deep it is: 1 for a scalar.</summary>
    public int Depth { get; protected init; } = 1;

    /// <summary>What a problem's text calls it.</summary>
    public abstract string Kind { get; }

    /// <summary>The value as JSON.</summary>
    public Payload ToPayload()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        Write(writer);
        writer.Flush();
        return Payload.FromTrustedUtf8(output.WrittenMemory.ToArray());
    }

    protected internal abstract void Write(Utf8JsonWriter writer);
}

internal sealed record NullNode(int Line, int Column) : Node(Line, Column)
{
    public override string Kind => "null";

    protected internal override void Write(Utf8JsonWriter writer) => writer.WriteNullValue();
}

internal sealed record BoolNode(bool Value, int Line, int Column) : Node(Line, Column)
{
    public override string Kind => Value ? "true" : "false";

    protected internal override void Write(Utf8JsonWriter writer) => writer.WriteBooleanValue(Value);
}

/// <param name="Json">The number as JSON spells it, with all its digits.</param>
/// <param name="Written">As the document spells it.</param>
internal sealed record NumberNode(string Json, string Written, int Line, int Column) : Node(Line, Column)
{
    public override string Kind => $"the number {Written}";

    public bool TryWhole(out long value) => long.TryParse(Json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        || (double.TryParse(Json, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && real == Math.Floor(real) && Math.Abs(real) < 1e15 && (value = (long)real) == real);

    public double ToDouble() => double.Parse(Json, NumberStyles.Float, CultureInfo.InvariantCulture);

    protected internal override void Write(Utf8JsonWriter writer) => writer.WriteRawValue(Json, skipInputValidation: true);
}

internal sealed record TextNode : Node
{
    public TextNode(string value, int line, int column)
        : base(line, column)
    {
        Value = value;
        Weight = value.Length;
    }

    public string Value { get; }

    public override string Kind => "a text";

    protected internal override void Write(Utf8JsonWriter writer) => writer.WriteStringValue(Value);
}

internal sealed record ListNode : Node
{
    public ListNode(List<Node> items, int line, int column)
        : base(line, column)
    {
        Items = items;
        foreach (var item in items)
        {
            Count += item.Count;
            Weight += item.Weight;
            Depth = Math.Max(Depth, item.Depth + 1);
        }
    }

    public IReadOnlyList<Node> Items { get; }

    public override string Kind => "an array";

    protected internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in Items)
        {
            item.Write(writer);
        }

        writer.WriteEndArray();
    }
}

internal readonly record struct Member(string Name, int Line, int Column, Node Value);

internal sealed record MapNode : Node
{
    public MapNode(List<Member> members, int line, int column)
        : base(line, column)
    {
        Members = members;
        foreach (var member in members)
        {
            Count += member.Value.Count;
            Weight += member.Value.Weight + member.Name.Length;
            Depth = Math.Max(Depth, member.Value.Depth + 1);
        }
    }

    public IReadOnlyList<Member> Members { get; }

    public override string Kind => "an object";

    /// <summary>The member of that name; null where there is none or its value is null, which is the same.</summary>
    public Node? this[string name]
    {
        get
        {
            foreach (var member in Members)
            {
                if (member.Name == name)
                {
                    return member.Value is NullNode ? null : member.Value;
                }
            }

            return null;
        }
    }

    protected internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in Members)
        {
            writer.WritePropertyName(member.Name);
            member.Value.Write(writer);
        }

        writer.WriteEndObject();
    }
}
