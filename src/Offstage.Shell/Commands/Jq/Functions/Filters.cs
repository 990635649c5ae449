namespace Offstage.Shell.Commands.Jq;

/// <summary>The functions of filters that are written in C#: what turns loops, ends early, or works on paths.</summary>
internal static class Filters
{
    private static readonly DescendNode descend = new();

    private static readonly Dictionary<(string, int), FilterFunction> all = new()
    {
        [("empty", 0)] = static (_, _, _, _, _) => true,
        [("range", 1)] = static (run, frame, input, a, sink) => run.Emit(a[0], frame, new(input.Value), to => Range(run, input, JsonValue.Of(0), to.Value, JsonValue.Of(1), sink)),
        [("range", 2)] = static (run, frame, input, a, sink) => run.Emit(a[0], frame, new(input.Value), from => run.Emit(a[1], frame, new(input.Value), to => Range(run, input, from.Value, to.Value, JsonValue.Of(1), sink))),
        [("range", 3)] = static (run, frame, input, a, sink) => run.Emit(a[0], frame, new(input.Value), from => run.Emit(a[1], frame, new(input.Value), to => run.Emit(a[2], frame, new(input.Value), by => Range(run, input, from.Value, to.Value, by.Value, sink)))),
        [("first", 1)] = static (run, frame, input, a, sink) => Limit(run, frame, input, a[0], 1, sink),
        [("limit", 2)] = static (run, frame, input, a, sink) => run.Emit(a[0], frame, new(input.Value), count => count.Value is JsonNumber n
            ? n.Value > 0 ? Limit(run, frame, input, a[1], n.Value, sink) : n.Value == 0 || run.Emit(a[1], frame, input, sink)
            : run.FailEmit("Invalid argument to limit")),
        [("skip", 2)] = static (run, frame, input, a, sink) => run.Emit(a[0], frame, new(input.Value), count =>
        {
            double left = count.Value is JsonNumber n ? n.Value : 0;
            return run.Emit(a[1], frame, input, item => left-- > 0 || sink(item));
        }),
        [("until", 2)] = static (run, frame, input, a, sink) => Until(run, frame, input, a, sink),
        [("while", 2)] = static (run, frame, input, a, sink) => While(run, frame, input, a, sink),
        [("repeat", 1)] = static (run, frame, input, a, sink) => Repeat(run, frame, input, a[0], sink),
        [("recurse", 0)] = static (run, frame, input, _, sink) => run.Emit(descend, frame, input, sink),
        [("recurse", 1)] = static (run, frame, input, a, sink) => Recurse(run, frame, input, a[0], null, sink),
        [("recurse", 2)] = static (run, frame, input, a, sink) => Recurse(run, frame, input, a[0], a[1], sink),
        [("select", 1)] = static (run, frame, input, a, sink) => a[0].IsSingle
            ? a[0].One(run, frame, input.Value) is { } value && (!value.IsTrue || sink(input))
            : run.Emit(a[0], frame, new(input.Value), item => !item.Value.IsTrue || sink(input)),
        [("any", 2)] = static (run, frame, input, a, sink) => Quantified(run, frame, input, a[0], a[1], true, sink),
        [("all", 2)] = static (run, frame, input, a, sink) => Quantified(run, frame, input, a[0], a[1], false, sink),
        [("isempty", 1)] = static (run, frame, input, a, sink) =>
        {
            bool any = false;
            bool done = run.Emit(a[0], frame, new(input.Value), _ =>
            {
                any = true;
                return false;
            });
            return (done || (any && run.Pending is null)) && sink(input.Computed(JsonValue.Of(!any)));
        },
        [("add", 1)] = static (run, frame, input, a, sink) =>
        {
            JsonValue? sum = JsonValue.Null;
            return run.Emit(a[0], frame, new(input.Value), item => (sum = Operators.Add(run, sum!, item.Value)) is not null) && sink(input.Computed(sum));
        },
        [("inputs", 0)] = static (run, _, input, _, sink) =>
        {
            while (run.Inputs.Next() is { } value)
            {
                run.Step();
                if (!sink(input.Computed(value))) return false;
            }

            return run.Pending is null;
        },
        [("debug", 1)] = static (run, frame, input, a, sink) => run.Emit(a[0], frame, new(input.Value), item => Surroundings.Debug(run, input.Value, item.Value) is not null) && sink(input),
        [("paths", 0)] = static (run, frame, input, _, sink) => PathNode.Paths(run, descend, frame, input.Value, path => path.Count == 0 || sink(input.Computed(path))),
        [("_modify", 2)] = static (run, frame, input, a, sink) => Updates.Modify(run, frame, input, a[0], a[1], sink),
        [("_assign", 2)] = static (run, frame, input, a, sink) => run.Emit(a[1], frame, new(input.Value), value => Updates.Assign(run, frame, input, a[0], value.Value, sink)),
        [("del", 1)] = static (run, frame, input, a, sink) =>
        {
            var paths = new List<JsonValue>();
            bool done = PathNode.Paths(run, a[0], frame, input.Value, path =>
            {
                paths.Add(path);
                return true;
            });
            return done && Access.DeletePaths(run, input.Value, JsonArray.Of(paths)) is { } value && sink(input.Computed(value));
        },
        [("sort_by", 1)] = static (run, frame, input, a, sink) => By(run, frame, input, a[0], Sorting.SortBy, sink),
        [("group_by", 1)] = static (run, frame, input, a, sink) => By(run, frame, input, a[0], Sorting.GroupBy, sink),
        [("unique_by", 1)] = static (run, frame, input, a, sink) => By(run, frame, input, a[0], Sorting.UniqueBy, sink),
        [("min_by", 1)] = static (run, frame, input, a, sink) => By(run, frame, input, a[0], static (r, v, k) => Sorting.Extreme(r, v, k, false), sink),
        [("max_by", 1)] = static (run, frame, input, a, sink) => By(run, frame, input, a[0], static (r, v, k) => Sorting.Extreme(r, v, k, true), sink),
    };

    private static readonly HashSet<string> singles = ["any", "all", "isempty", "add", "_modify", "del", "sort_by", "group_by", "unique_by", "min_by", "max_by"];

    public static IEnumerable<(string Name, int Arity)> Names => all.Keys.Where(k => !k.Item1.StartsWith('_'));

    public static FilterFunction? Find(string name, int arity) => all.GetValueOrDefault((name, arity));

    /// <summary>Whether it gives one output or an error, whatever its filters do.</summary>
    public static bool IsSingle(string name, int arity) => singles.Contains(name) && all.ContainsKey((name, arity));

    private static bool Range(JqRun run, Item input, JsonValue from, JsonValue to, JsonValue by, Sink sink)
    {
        if (from is not JsonNumber first || to is not JsonNumber last || by is not JsonNumber step) return run.FailEmit("Range bounds must be numeric");
        double increment = step.Value;
        if (increment > 0)
        {
            for (double at = first.Value; at < last.Value; at += increment)
            {
                run.Step();
                if (!sink(input.Computed(JsonValue.Of(at)))) return false;
            }
        }
        else if (increment < 0)
        {
            for (double at = first.Value; at > last.Value; at += increment)
            {
                run.Step();
                if (!sink(input.Computed(JsonValue.Of(at)))) return false;
            }
        }
        else if (first.Value < last.Value)
        {
            // A step of nothing never arrives.
            while (sink(input.Computed(first))) run.Step();
            return false;
        }

        return true;
    }

    private static bool Limit(JqRun run, Frame frame, Item input, Node filter, double count, Sink sink)
    {
        bool enough = false;
        bool done = run.Emit(filter, frame, input, item =>
        {
            if (!sink(item)) return false;
            enough = --count <= 0;
            return !enough;
        });
        return done || (enough && run.Pending is null);
    }

    private static bool Until(JqRun run, Frame frame, Item input, Node[] a, Sink sink)
    {
        if (a[0].IsSingle && a[1].IsSingle && !input.IsTracking)
        {
            JsonValue? at = input.Value;
            while (true)
            {
                run.Step();
                if (a[0].One(run, frame, at) is not { } found) return false;
                if (found.IsTrue) return sink(new(at));
                at = a[1].One(run, frame, at);
                if (at is null) return false;
            }
        }

        return run.Emit(a[0], frame, new(input.Value), item => item.Value.IsTrue ? sink(input) : Deeper(run, frame, input, a[1], next => Until(run, frame, next, a, sink)));
    }

    private static bool While(JqRun run, Frame frame, Item input, Node[] a, Sink sink)
    {
        if (a[0].IsSingle && a[1].IsSingle && !input.IsTracking)
        {
            JsonValue? at = input.Value;
            while (true)
            {
                run.Step();
                if (a[0].One(run, frame, at) is not { } goes) return false;
                if (!goes.IsTrue) return true;
                if (!sink(new(at))) return false;
                at = a[1].One(run, frame, at);
                if (at is null) return false;
            }
        }

        return run.Emit(a[0], frame, new(input.Value), item => !item.Value.IsTrue || (sink(input) && Deeper(run, frame, input, a[1], next => While(run, frame, next, a, sink))));
    }

    private static bool Repeat(JqRun run, Frame frame, Item input, Node filter, Sink sink)
    {
        if (filter.IsSingle && !input.IsTracking)
        {
            JsonValue? at = input.Value;
            while (at is not null)
            {
                run.Step();
                if (!sink(new(at))) return false;
                at = filter.One(run, frame, at);
            }

            return false;
        }

        return sink(input) && Deeper(run, frame, input, filter, next => Repeat(run, frame, next, filter, sink));
    }

    private static bool Recurse(JqRun run, Frame frame, Item input, Node filter, Node? condition, Sink sink)
    {
        if (!sink(input)) return false;
        return Deeper(run, frame, input, filter, next => condition is null
            ? Recurse(run, frame, next, filter, condition, sink)
            : run.Emit(condition, frame, new(next.Value), item => !item.Value.IsTrue || Recurse(run, frame, next, filter, condition, sink)));
    }

    /// <summary>Runs a filter whose outputs are worked on further down the stack: through the frame, which looks after its depth.</summary>
    private static bool Deeper(JqRun run, Frame frame, Item input, Node filter, Sink sink) => run.Emit(filter, frame, input, sink);

    private static bool Quantified(JqRun run, Frame frame, Item input, Node generator, Node condition, bool isAny, Sink sink)
    {
        bool decided = false;
        bool done = run.Emit(generator, frame, new(input.Value), item => run.Emit(condition, frame, new(item.Value), answer =>
        {
            decided = answer.Value.IsTrue == isAny;
            return !decided;
        }));
        return (done || (decided && run.Pending is null)) && sink(input.Computed(JsonValue.Of(decided == isAny)));
    }

    private static bool By(JqRun run, Frame frame, Item input, Node filter, Func<JqRun, JsonValue, JsonValue, JsonValue?> function, Sink sink)
    {
        if (input.Value is not JsonArray array) return run.FailEmit(input.Value is JsonObject ? $"Cannot index object with number" : $"Cannot iterate over {ErrorText.Of(input.Value)}");
        JsonValue[] keys = new JsonValue[array.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            run.Step();
            var key = new List<JsonValue>(1);
            bool done = run.Emit(filter, frame, new(array[i]), item =>
            {
                key.Add(item.Value);
                return true;
            });
            if (!done) return false;
            keys[i] = key.Count == 1 ? JsonArray.Own([key[0]]) : JsonArray.Of(key);
        }

        return function(run, array, JsonArray.Own(keys)) is { } value && sink(input.Computed(value));
    }
}
