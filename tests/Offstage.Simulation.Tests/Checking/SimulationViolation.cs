namespace Offstage.Simulation.Tests.Checking;

/// <summary>A promise was broken.</summary>
/// <param name="Number">Of the invariant.</param>
internal sealed record SimulationViolation(string Number, string What)
{
    public override string ToString() => $"{Number}: {What}";
}
