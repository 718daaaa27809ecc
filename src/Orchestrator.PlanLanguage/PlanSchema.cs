using Orchestrator.Vocabulary.Payloads;

namespace Orchestrator.PlanLanguage;

/// <summary>The published JSON Schema (2020-12) of plans, as editors and other programs get it.</summary>
public static class PlanSchema
{
    public static Payload Json { get; } = Load();

    private static Payload Load()
    {
        using var stream = typeof(PlanSchema).Assembly.GetManifestResourceStream("plan.schema.json")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Payload.FromTrustedUtf8(memory.ToArray());
    }
}
