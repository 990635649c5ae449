namespace Offstage.Shell.Commands.Jq;

/// <summary>Gathers the members of an object; a key that comes again replaces its value.</summary>
internal sealed class ObjectBuilder
{
    private JsonObject made = JsonObject.Empty;

    public void Set(string key, JsonValue value) => made = made.With(key, value);

    public JsonObject ToObject() => made;
}
