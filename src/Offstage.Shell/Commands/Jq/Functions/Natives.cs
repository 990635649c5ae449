namespace Offstage.Shell.Commands.Jq;

/// <summary>A function that gives one value of its input and the values of its arguments; null when it failed.</summary>
internal delegate JsonValue? NativeFunction(JqRun run, JsonValue input, JsonValue[] arguments);

/// <summary>The functions that are written in C#, by name and number of arguments.</summary>
internal static class Natives
{
    private static readonly Dictionary<(string, int), NativeFunction> all = Make();

    public static IEnumerable<(string Name, int Arity)> Names => all.Keys;

    public static NativeFunction? Find(string name, int arity) => all.GetValueOrDefault((name, arity));

    private static Dictionary<(string, int), NativeFunction> Make()
    {
        var table = new Dictionary<(string, int), NativeFunction>
        {
            [("not", 0)] = static (_, v, _) => JsonValue.Of(!v.IsTrue),
            [("length", 0)] = static (run, v, _) => v switch
            {
                JsonString s => JsonValue.Of(CodePoints.Length(s.Value)),
                JsonArray a => JsonValue.Of(a.Count),
                JsonObject o => JsonValue.Of(o.Count),
                JsonNumber n => JsonValue.Of(Math.Abs(n.Value)),
                { IsNull: true } => JsonValue.Of(0),
                _ => run.Fail($"{ErrorText.Of(v)} has no length"),
            },
            [("utf8bytelength", 0)] = static (run, v, _) => v is JsonString s ? JsonValue.Of(System.Text.Encoding.UTF8.GetByteCount(s.Value)) : run.Fail($"{ErrorText.Of(v)} only strings have UTF-8 byte length"),
            [("type", 0)] = static (_, v, _) => JsonValue.Of(v.TypeName),
            [("tostring", 0)] = static (_, v, _) => Formats.Text(v),
            [("tojson", 0)] = static (_, v, _) => JsonValue.Of(JsonWriter.ToText(v)),
            [("fromjson", 0)] = static (run, v, _) => v is JsonString s ? Texts.FromJson(run, s.Value) : run.Fail($"{ErrorText.Of(v)} only strings can be parsed"),
            [("tonumber", 0)] = static (run, v, _) => Texts.ToNumber(run, v),
            [("keys", 0)] = static (run, v, _) => Containers.Keys(run, v, sorted: true),
            [("keys_unsorted", 0)] = static (run, v, _) => Containers.Keys(run, v, sorted: false),
            [("has", 1)] = static (run, v, a) => Containers.Has(run, v, a[0]),
            [("contains", 1)] = static (run, v, a) => Containers.Contains(run, v, a[0]),
            [("add", 0)] = static (run, v, _) => Containers.Sum(run, v),
            [("reverse", 0)] = static (run, v, _) => Containers.Reverse(run, v),
            [("flatten", 0)] = static (run, v, _) => Containers.Flatten(run, v, 1e9),
            [("flatten", 1)] = static (run, v, a) => a[0] is JsonNumber n ? n.Value < 0 ? run.Fail("flatten depth must not be negative") : Containers.Flatten(run, v, n.Value) : run.Fail("flatten depth must not be negative"),
            [("sort", 0)] = static (run, v, _) => Sorting.Sort(run, v),
            [("unique", 0)] = static (run, v, _) => Sorting.Unique(run, v),
            [("min", 0)] = static (run, v, _) => Sorting.Extreme(run, v, v, isMax: false),
            [("max", 0)] = static (run, v, _) => Sorting.Extreme(run, v, v, isMax: true),
            [("_sort_by", 1)] = static (run, v, a) => Sorting.SortBy(run, v, a[0]),
            [("_group_by", 1)] = static (run, v, a) => Sorting.GroupBy(run, v, a[0]),
            [("_unique_by", 1)] = static (run, v, a) => Sorting.UniqueBy(run, v, a[0]),
            [("_min_by", 1)] = static (run, v, a) => Sorting.Extreme(run, v, a[0], isMax: false),
            [("_max_by", 1)] = static (run, v, a) => Sorting.Extreme(run, v, a[0], isMax: true),
            [("transpose", 0)] = static (run, v, _) => Containers.Transpose(run, v),
            [("to_entries", 0)] = static (run, v, _) => Containers.ToEntries(run, v),
            [("from_entries", 0)] = static (run, v, _) => Containers.FromEntries(run, v),
            [("setpath", 2)] = static (run, v, a) => a[0] is JsonArray p ? Access.SetPath(run, v, p, 0, a[1]) : run.Fail("Path must be specified as an array"),
            [("delpaths", 1)] = static (run, v, a) => Access.DeletePaths(run, v, a[0]),
            [("explode", 0)] = static (run, v, _) => v is JsonString s ? CodePoints.Explode(s.Value) : run.Fail("explode input must be a string"),
            [("implode", 0)] = static (run, v, _) => Texts.Implode(run, v),
            [("split", 1)] = static (run, v, a) => v is JsonString s && a[0] is JsonString by ? Texts.Split(s.Value, by.Value) : run.Fail("split input and separator must be strings"),
            [("join", 1)] = static (run, v, a) => Containers.Join(run, v, a[0]),
            [("startswith", 1)] = static (run, v, a) => v is JsonString s && a[0] is JsonString p ? JsonValue.Of(s.Value.StartsWith(p.Value, StringComparison.Ordinal)) : run.Fail("startswith() requires string inputs"),
            [("endswith", 1)] = static (run, v, a) => v is JsonString s && a[0] is JsonString p ? JsonValue.Of(s.Value.EndsWith(p.Value, StringComparison.Ordinal)) : run.Fail("endswith() requires string inputs"),
            [("ltrimstr", 1)] = static (_, v, a) => v is JsonString s && a[0] is JsonString p && s.Value.StartsWith(p.Value, StringComparison.Ordinal) ? JsonValue.Of(s.Value[p.Value.Length..]) : v,
            [("rtrimstr", 1)] = static (_, v, a) => v is JsonString s && a[0] is JsonString p && s.Value.EndsWith(p.Value, StringComparison.Ordinal) ? JsonValue.Of(s.Value[..^p.Value.Length]) : v,
            [("trim", 0)] = static (run, v, _) => v is JsonString s ? JsonValue.Of(s.Value.Trim()) : run.Fail($"{ErrorText.Of(v)} cannot be trimmed"),
            [("ltrim", 0)] = static (run, v, _) => v is JsonString s ? JsonValue.Of(s.Value.TrimStart()) : run.Fail($"{ErrorText.Of(v)} cannot be trimmed"),
            [("rtrim", 0)] = static (run, v, _) => v is JsonString s ? JsonValue.Of(s.Value.TrimEnd()) : run.Fail($"{ErrorText.Of(v)} cannot be trimmed"),
            [("ascii_downcase", 0)] = static (run, v, _) => v is JsonString s ? JsonValue.Of(Texts.ChangeCase(s.Value, upper: false)) : run.Fail("ascii_downcase input must be a string"),
            [("ascii_upcase", 0)] = static (run, v, _) => v is JsonString s ? JsonValue.Of(Texts.ChangeCase(s.Value, upper: true)) : run.Fail("ascii_upcase input must be a string"),
            [("indices", 1)] = static (run, v, a) => Containers.Indexes(run, v, a[0]),
            [("_match_impl", 3)] = static (run, v, a) => Expressions.Match(run, v, a[0], a[1], a[2].IsTrue),
            [("format", 1)] = static (run, v, a) => a[0] is JsonString s ? Formats.Apply(run, s.Value, v) : run.Fail($"{ErrorText.Of(a[0])} is not a valid format"),
            [("now", 0)] = static (run, _, _) => JsonValue.Of((run.Context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds),
            [("gmtime", 0)] = static (run, v, _) => Dates.BreakDown(run, v, "gmtime", TimeZoneInfo.Utc),
            [("localtime", 0)] = static (run, v, _) => Dates.BreakDown(run, v, "localtime", Time.TimeZones.Of(run.Context)),
            [("mktime", 0)] = static (run, v, _) => Dates.MakeTime(run, v, "mktime", TimeZoneInfo.Utc),
            [("timegm", 0)] = static (run, v, _) => Dates.MakeTime(run, v, "timegm", TimeZoneInfo.Utc),
            [("strftime", 1)] = static (run, v, a) => Dates.Format(run, v, a[0], "strftime", TimeZoneInfo.Utc),
            [("strflocaltime", 1)] = static (run, v, a) => Dates.Format(run, v, a[0], "strflocaltime", Time.TimeZones.Of(run.Context)),
            [("strptime", 1)] = static (run, v, a) => Dates.Parse(run, v, a[0]),
            [("env", 0)] = static (run, _, _) => Surroundings.Environment(run),
            [("halt", 0)] = static (run, _, _) => Surroundings.Halt(run, 0, null),
            [("halt_error", 0)] = static (run, v, _) => Surroundings.Halt(run, 5, v),
            [("halt_error", 1)] = static (run, v, a) => a[0] is JsonNumber n ? Surroundings.Halt(run, (int)n.Value, v) : run.Fail("halt_error/1: number required"),
            [("error", 0)] = static (run, v, _) => run.Fail(v),
            [("error", 1)] = static (run, _, a) => run.Fail(a[0]),
            [("input", 0)] = static (run, _, _) => run.Inputs.Next() ?? run.Fail("No more inputs"),
            [("debug", 0)] = static (run, v, _) => Surroundings.Debug(run, v, v),
            [("stderr", 0)] = static (run, v, _) => Surroundings.ToError(run, v),
            [("input_filename", 0)] = static (run, _, _) => run.Inputs.CurrentName is { } name ? JsonValue.Of(name) : JsonValue.Null,
            [("input_line_number", 0)] = static (run, _, _) => JsonValue.Of(run.Inputs.LineNumber),
            [("get_search_list", 0)] = static (_, _, _) => JsonArray.Empty,
            [("builtins", 0)] = static (_, _, _) => JsonArray.Own([.. Names.Select(n => n).Where(n => !n.Name.StartsWith('_')).Concat(Filters.Names).Concat(Definitions.Names).Distinct().Select(n => (JsonValue)JsonValue.Of($"{n.Item1}/{n.Item2}"))]),
            [("ascii", 0)] = static (run, v, _) => v is JsonNumber n ? JsonValue.Of(((char)(int)n.Value).ToString()) : run.Fail("ascii only takes integers"),
            [("toarray", 0)] = static (_, v, _) => v as JsonArray ?? JsonArray.Own([v]),
            [("have_literal_numbers", 0)] = static (_, _, _) => JsonValue.True,
            [("have_decnum", 0)] = static (_, _, _) => JsonValue.True,
            [("infinite", 0)] = static (_, _, _) => JsonValue.Of(double.PositiveInfinity),
            [("nan", 0)] = static (_, _, _) => JsonValue.Of(double.NaN),
            [("isinfinite", 0)] = static (run, v, _) => v is JsonNumber n ? JsonValue.Of(double.IsInfinity(n.Value)) : run.Fail($"{ErrorText.Of(v)} number required"),
            [("isnan", 0)] = static (run, v, _) => v is JsonNumber n ? JsonValue.Of(double.IsNaN(n.Value)) : run.Fail($"{ErrorText.Of(v)} number required"),
            [("isnormal", 0)] = static (run, v, _) => v is JsonNumber n ? JsonValue.Of(double.IsNormal(n.Value)) : run.Fail($"{ErrorText.Of(v)} number required"),
        };
        Mathematics.AddTo(table);
        return table;
    }
}
