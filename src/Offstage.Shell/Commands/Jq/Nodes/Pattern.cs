namespace Offstage.Shell.Commands.Jq;

/// <summary>What stands behind <c>as</c>: binds variables to parts of a value.</summary>
internal abstract class Pattern
{
    private Pattern() { }

    /// <summary>Binds, and runs what follows once for each way to do so.</summary>
    public abstract bool Bind(JqRun run, Frame frame, JsonValue value, Func<bool> next);

    public sealed class Variable(int slot) : Pattern
    {
        public int Slot => slot;

        public override bool Bind(JqRun run, Frame frame, JsonValue value, Func<bool> next)
        {
            frame[slot] = value;
            return next();
        }
    }

    public sealed class ArrayParts(IReadOnlyList<Pattern> parts) : Pattern
    {
        public override bool Bind(JqRun run, Frame frame, JsonValue value, Func<bool> next) => Bind(run, frame, value, 0, next);

        private bool Bind(JqRun run, Frame frame, JsonValue value, int index, Func<bool> next)
        {
            if (index == parts.Count) return next();
            return Access.Get(run, value, JsonValue.Of(index)) is { } element && parts[index].Bind(run, frame, element, () => Bind(run, frame, value, index + 1, next));
        }
    }

    /// <param name="parts">Each with the filter of its key, the variable that the member itself is bound to (-1 for none), and a pattern for it.</param>
    public sealed class ObjectParts(IReadOnlyList<(Node Key, int Slot, Pattern? Part)> parts) : Pattern
    {
        public override bool Bind(JqRun run, Frame frame, JsonValue value, Func<bool> next) => Bind(run, frame, value, 0, next);

        private bool Bind(JqRun run, Frame frame, JsonValue value, int index, Func<bool> next)
        {
            if (index == parts.Count) return next();
            var (key, slot, part) = parts[index];
            return run.Emit(key, frame, new(value), name =>
            {
                if (name.Value is not JsonString) return run.FailEmit($"Cannot index {value.TypeName} with {name.Value.TypeName}");
                if (Access.Get(run, value, name.Value) is not { } member) return false;
                if (slot >= 0) frame[slot] = member;
                return part is null ? Bind(run, frame, value, index + 1, next) : part.Bind(run, frame, member, () => Bind(run, frame, value, index + 1, next));
            });
        }
    }

    /// <summary><c>a ?// b</c> of reduce and foreach.</summary>
    public sealed class Either(Pattern first, Pattern second, IReadOnlyList<int> slots) : Pattern
    {
        public override bool Bind(JqRun run, Frame frame, JsonValue value, Func<bool> next)
        {
            foreach (int slot in slots) frame[slot] = JsonValue.Null;
            if (first.Bind(run, frame, value, next)) return true;
            if (run.Pending is not Ending.Error) return false;
            run.Pending = null;
            foreach (int slot in slots) frame[slot] = JsonValue.Null;
            return second.Bind(run, frame, value, next);
        }
    }
}
