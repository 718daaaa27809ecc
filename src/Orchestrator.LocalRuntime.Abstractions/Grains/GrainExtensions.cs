namespace Orchestrator.LocalRuntime;

/// <summary>The identity behind a reference or a grain.</summary>
public static class GrainExtensions
{
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase instance => instance.GrainContext.GrainId,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException($"A {grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetGrainId().GetIntegerKey();

    public static long GetPrimaryKeyLong(this IAddressable grain, out string? keyExt) => grain.GetGrainId().GetIntegerKey(out keyExt);

    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetGrainId().GetGuidKey();

    public static Guid GetPrimaryKey(this IAddressable grain, out string? keyExt) => grain.GetGrainId().GetGuidKey(out keyExt);

    /// <summary>A reference to the same grain by another of its interfaces; for a grain itself, a reference that may be given away.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) where TGrainInterface : IAddressable
    {
        var reference = grain as GrainReference ?? (grain as IGrainBase)?.GrainContext.GrainReference
            ?? throw new ArgumentException($"A {grain?.GetType().ToString() ?? "null"} is neither a grain nor a reference to one.", nameof(grain));
        return reference is TGrainInterface same ? same : (TGrainInterface)(object)reference.Runtime.CreateReference(typeof(TGrainInterface), reference.GrainId);
    }
}
