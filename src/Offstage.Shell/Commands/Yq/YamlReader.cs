using System.Globalization;
using Offstage.Shell.Commands.Jq;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Offstage.Shell.Commands.Yq;

/// <summary>Reads the documents of a YAML text as values. Anchors are followed, merge keys merged, plain scalars typed by the core schema.</summary>
/// <remarks>Comments, styles and anchors themselves are not kept.</remarks>
internal sealed class YamlReader
{
    private const int DepthMax = 500;

    /// <summary>Values that aliases repeat count each time, so that a few lines cannot become a mountain.</summary>
    private const int NodesMax = 10_000_000;

    private readonly YamlDotNet.Core.Parser parser;
    private readonly Action check;
    private readonly Dictionary<string, (JsonValue Value, int Nodes)> anchors = [];
    private int nodes;

    private YamlReader(string text, Action check)
    {
        parser = new YamlDotNet.Core.Parser(new CheckedReader(text, check));
        this.check = check;
    }

    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static List<JsonValue> Read(string text, Action check)
    {
        var reader = new YamlReader(text, check);
        var documents = new List<JsonValue>();
        reader.parser.Consume<StreamStart>();
        while (reader.parser.TryConsume<DocumentStart>(out _))
        {
            reader.anchors.Clear();
            documents.Add(reader.Node(0));
            reader.parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    private JsonValue Node(int depth)
    {
        if (depth > DepthMax) throw new YamlException("nested too deeply");
        if ((++nodes & 255) == 0) check();
        if (nodes > NodesMax) throw new YamlException("too many values");
        if (parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            if (!anchors.TryGetValue(alias.Value.Value, out var known)) throw new YamlException(alias.Start, alias.End, $"unknown anchor '{alias.Value.Value}' referenced");
            nodes += known.Nodes;
            return known.Value;
        }

        int before = nodes;
        string? anchor = null;
        JsonValue value;
        if (parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            anchor = scalar.Anchor.IsEmpty ? null : scalar.Anchor.Value;
            value = Typed(scalar);
        }
        else if (parser.TryConsume<SequenceStart>(out SequenceStart? sequence))
        {
            anchor = sequence.Anchor.IsEmpty ? null : sequence.Anchor.Value;
            var items = new List<JsonValue>();
            while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
            value = JsonArray.Of(items);
        }
        else
        {
            MappingStart mapping = parser.Consume<MappingStart>();
            anchor = mapping.Anchor.IsEmpty ? null : mapping.Anchor.Value;
            value = Mapping(depth);
        }

        if (anchor is not null) anchors[anchor] = (value, nodes - before);
        return value;
    }

    private JsonObject Mapping(int depth)
    {
        JsonObject made = JsonObject.Empty;
        JsonObject merged = JsonObject.Empty;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            JsonValue key = Node(depth + 1);
            JsonValue value = Node(depth + 1);
            string name = Formats.Text(key).Value;
            if (name != "<<")
            {
                made = made.With(name, value);
                continue;
            }

            foreach (JsonValue part in value is JsonArray several ? several.Items.ToArray().Reverse() : [value])
            {
                if (part is not JsonObject members) continue;
                for (int i = 0; i < members.Count; i++) merged = merged.With(members.Keys[i], members.Values[i]);
            }
        }

        if (merged.Count == 0) return made;
        for (int i = 0; i < made.Count; i++) merged = merged.With(made.Keys[i], made.Values[i]);
        return merged;
    }

    private static JsonValue Typed(Scalar scalar)
    {
        string text = scalar.Value;
        if (!scalar.Tag.IsEmpty && scalar.Tag.Value is "tag:yaml.org,2002:str" or "!!str") return JsonValue.Of(text);
        if (scalar.Style != ScalarStyle.Plain && scalar.Tag.IsEmpty) return JsonValue.Of(text);
        return Plain(text);
    }

    /// <summary>What a plain scalar stands for.</summary>
    public static JsonValue Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return JsonValue.Null;
            case "true" or "True" or "TRUE":
                return JsonValue.True;
            case "false" or "False" or "FALSE":
                return JsonValue.False;
            case ".nan" or ".NaN" or ".NAN":
                return JsonValue.Of(double.NaN);
            case ".inf" or ".Inf" or ".INF" or "+.inf":
                return JsonValue.Of(double.PositiveInfinity);
            case "-.inf" or "-.Inf" or "-.INF":
                return JsonValue.Of(double.NegativeInfinity);
        }

        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex)) return JsonValue.Of(hex);
        if (text.StartsWith("0o", StringComparison.Ordinal) && text.Length is > 2 and < 20 && text.AsSpan(2).IndexOfAnyExceptInRange('0', '7') < 0) return JsonValue.Of(Convert.ToInt64(text[2..], 8));
        char first = text[0];
        return char.IsAsciiDigit(first) || first is '-' or '+' or '.' ? NumberText.Parse(text) ?? (JsonValue)JsonValue.Of(text) : JsonValue.Of(text);
    }
}
