using System.Text.RegularExpressions;

namespace Offstage.Shell.Commands.Jq;

/// <summary>The functions that are written in jq itself. Each is compiled when a program first names it.</summary>
internal static partial class Definitions
{
    private const string Source =
        """
        def values: select(. != null);
        def nulls: select(. == null);
        def booleans: select(type == "boolean");
        def numbers: select(type == "number");
        def strings: select(type == "string");
        def arrays: select(type == "array");
        def objects: select(type == "object");
        def iterables: select(type == "array" or type == "object");
        def scalars: select(type != "array" and type != "object");
        def finites: select((isinfinite or isnan) | not);
        def normals: select(isnormal);
        def map(f): [.[] | f];
        def map_values(f): .[] |= f;
        def recurse_down: recurse;
        def with_entries(f): to_entries | map(f) | from_entries;
        def paths(node_filter): . as $dot | paths | select(. as $p | $dot | getpath($p) | node_filter);
        def leaf_paths: paths(scalars);
        def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));
        def first: .[0];
        def last: .[-1];
        def last(f): reduce f as $x (null; $x);
        def nth($n): .[$n];
        def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f)) end;
        def any: any(.[]; .);
        def all: all(.[]; .);
        def any(f): any(.[]; f);
        def all(f): all(.[]; f);
        def in(xs): . as $x | xs | has($x);
        def inside(xs): . as $x | xs | contains($x);
        def index($i): indices($i) | .[0];
        def rindex($i): indices($i) | .[-1:][0];
        def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
        def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
        def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
        def tostream: path(def r: (.[]?|r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
        def fromstream(f): {x: null, e: false} as $init
          | foreach f as $i ($init;
              if .e then $init else . end
              | if $i | length == 2
                then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
                else setpath(["e"]; $i[0] | length == 1) end;
              if .e then .x else empty end);
        def truncate_stream(stream): . as $n | null | stream | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
        def match(re; mode): _match_impl(re; mode; false) | .[];
        def match($val): ($val | type) as $vt | if $vt == "string" then match($val; null)
          elif $vt == "array" and ($val | length) > 1 then match($val[0]; $val[1])
          elif $vt == "array" and ($val | length) > 0 then match($val[0]; null)
          else error($vt + " not a string or array") end;
        def test(re; mode): _match_impl(re; mode; true);
        def test($val): ($val | type) as $vt | if $vt == "string" then test($val; null)
          elif $vt == "array" and ($val | length) > 1 then test($val[0]; $val[1])
          elif $vt == "array" and ($val | length) > 0 then test($val[0]; null)
          else error($vt + " not a string or array") end;
        def _capture_object: reduce (.captures[] | select(.name != null) | {key: .name, value: .string}) as $pair ({}; . + {($pair.key): $pair.value});
        def capture(re; mods): match(re; mods) | _capture_object;
        def capture($val): ($val | type) as $vt | if $vt == "string" then capture($val; null)
          elif $vt == "array" and ($val | length) > 1 then capture($val[0]; $val[1])
          elif $vt == "array" and ($val | length) > 0 then capture($val[0]; null)
          else error($vt + " not a string or array") end;
        def scan($re; $flags): match($re; "g" + $flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
        def scan($re): scan($re; null);
        def splits($re): splits($re; null);
        def splits($re; flags): split($re; flags) | .[];
        def split($re; flags): . as $s | [foreach ((match($re; flags + "g") | [.offset, .length]), null) as $m
            ([0, null]; if $m == null then [.[0], $s[.[0]:]] else [$m[0] + $m[1], $s[.[0]:$m[0]]] end; .[1])];
        def sub($re; str; $flags): . as $in | (reduce (match($re; $flags) | . as $edit | {offset: .offset, length: .length, c: _capture_object}) as $edit
            ({result: [""], previous: 0}; $in[.previous:$edit.offset] as $gap
              | [.result[] + $gap + ($edit.c | str | if type == "string" then . else error("\($edit.c) cannot be added to a string") end)] as $made
              | {result: $made, previous: ($edit.offset + $edit.length)}))
          | .result[] + $in[.previous:];
        def sub($re; str): sub($re; str; "");
        def gsub($re; str; $flags): sub($re; str; $flags + "g");
        def gsub($re; str): sub($re; str; "g");
        def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
        def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
        def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
        def fromdate: fromdateiso8601;
        def date: todate;
        def dateadd(u; n): . + n;
        def datesub(u; n): . - n;
        def trimstr($x): ltrimstr($x) | rtrimstr($x);
        def INDEX(stream; idx_expr): reduce stream as $row ({}; .[$row | idx_expr | tostring] |= $row);
        def INDEX(idx_expr): INDEX(.[]; idx_expr);
        def JOIN($idx; idx_expr): [.[] | [., $idx[idx_expr]]];
        def JOIN($idx; stream; idx_expr): stream | [., $idx[idx_expr]];
        def JOIN($idx; stream; idx_expr; join_expr): stream | [., $idx[idx_expr]] | join_expr;
        def IN(s): any(s == .; .);
        def IN(src; s): any(src == s; .);
        def bsearch($target): if length == 0 then -1 elif length == 1 then (if $target == .[0] then 0 elif $target < .[0] then -1 else -2 end)
          else . as $in
            | [limit(1; {low: 0, high: (length - 1), answer: null}
              | until(.answer != null or .low > .high;
                  (((.low + .high) / 2) | floor) as $mid
                  | if $in[$mid] == $target then .answer = $mid elif $target < $in[$mid] then .high = $mid - 1 else .low = $mid + 1 end)
              | if .answer == null then -1 - .low else .answer end)][0] end;
        """;

    private static readonly Dictionary<(string, int), string> all = Index();

    public static IEnumerable<(string Name, int Arity)> Names => all.Keys.Where(k => !k.Item1.StartsWith('_'));

    /// <summary>The text of a definition; null when there is none.</summary>
    public static string? Find(string name, int arity) => all.GetValueOrDefault((name, arity));

    private static Dictionary<(string, int), string> Index()
    {
        var index = new Dictionary<(string, int), string>();
        foreach (Match match in Head().Matches(Source))
        {
            int end = Head().Match(Source, match.Index + match.Length) is { Success: true } next ? next.Index : Source.Length;
            int arity = match.Groups[2].Success ? match.Groups[2].Value.Count(c => c == ';') + 1 : 0;
            index[(match.Groups[1].Value, arity)] = Source[match.Index..end];
        }

        return index;
    }

    [GeneratedRegex(@"^def (\w+)(\([^)]*\))?:", RegexOptions.Multiline)]
    private static partial Regex Head();
}
