namespace Offstage.Shell.Expansion;

/// <summary>An arithmetic expression that cannot be parsed or evaluated.</summary>
internal sealed class ExpressionException(string expression, string message, string token)
    : Exception($"{expression.TrimStart(' ', '\t', '\n')}: {message} (error token is \"{token}\")");
