using System.Security.Cryptography;

namespace Orchestrator.Execution.Ids;

/// <summary>Chance from the operating system, for ids that nobody may guess. Safe to ask from several threads at once.</summary>
public sealed class SecureRandom() : Random(Seed: 0)
{
    public override void NextBytes(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    public override void NextBytes(byte[] buffer) => RandomNumberGenerator.Fill(buffer);

    public override int Next() => RandomNumberGenerator.GetInt32(int.MaxValue);

    public override int Next(int maxValue) => maxValue == 0 ? 0 : RandomNumberGenerator.GetInt32(maxValue);

    public override int Next(int minValue, int maxValue) => minValue == maxValue ? minValue : RandomNumberGenerator.GetInt32(minValue, maxValue);

    protected override double Sample() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    public override double NextDouble() => Sample();
}
