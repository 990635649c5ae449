using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Offstage.Contracts;

/// <summary>A promise of the design that did not hold. A bug: never caught to continue.</summary>
public sealed class InvariantViolatedException(string message) : Exception(message);

/// <summary>Asserts a numbered invariant, in production too.</summary>
public static class Invariant
{
    /// <exception cref="InvariantViolatedException">The condition does not hold.</exception>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        string number,
        [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
            throw new InvariantViolatedException($"Invariant {number} does not hold: {expression}");
    }
}
