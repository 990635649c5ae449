namespace Offstage.Shell.Commands.Jq;

/// <summary>Assignments.</summary>
internal static class Updates
{
    /// <summary><c>paths |= filter</c>: a path whose filter gives nothing is removed.</summary>
    public static bool Modify(JqRun run, Frame frame, Item input, Node paths, Node filter, Sink sink)
    {
        JsonValue result = input.Value;
        List<JsonValue>? removed = null;
        bool done = PathNode.Paths(run, paths, frame, input.Value, path =>
        {
            if (Access.GetPath(run, result, path) is not { } before) return false;
            JsonValue? after = null;
            bool ended = run.Emit(filter, frame, new(before), item =>
            {
                after = item.Value;
                return false;
            });
            if (after is null)
            {
                if (!ended) return false;
                (removed ??= []).Add(path);
                return true;
            }

            if (run.Pending is not null) return false;
            if (Access.SetPath(run, result, path, 0, after) is not { } changed) return false;
            result = changed;
            return true;
        });
        if (!done) return false;
        JsonValue? whole = removed is null ? result : Access.DeletePaths(run, result, JsonArray.Of(removed));
        return whole is not null && sink(input.Computed(whole));
    }

    /// <summary><c>paths = value</c>.</summary>
    public static bool Assign(JqRun run, Frame frame, Item input, Node paths, JsonValue value, Sink sink)
    {
        JsonValue result = input.Value;
        bool done = PathNode.Paths(run, paths, frame, input.Value, path =>
        {
            if (Access.SetPath(run, result, path, 0, value) is not { } changed) return false;
            result = changed;
            return true;
        });
        return done && sink(input.Computed(result));
    }

    /// <summary><c>paths += value</c> and its kin; the value sees the whole input.</summary>
    public static bool Combine(JqRun run, Frame frame, Item input, Node paths, Node right, Func<JqRun, JsonValue, JsonValue, JsonValue?> operation, Sink sink)
        => run.Emit(right, frame, new(input.Value), value =>
        {
            JsonValue result = input.Value;
            bool done = PathNode.Paths(run, paths, frame, input.Value, path =>
            {
                if (Access.GetPath(run, result, path) is not { } before || operation(run, before, value.Value) is not { } after || Access.SetPath(run, result, path, 0, after) is not { } changed) return false;
                result = changed;
                return true;
            });
            return done && sink(input.Computed(result));
        });
}
