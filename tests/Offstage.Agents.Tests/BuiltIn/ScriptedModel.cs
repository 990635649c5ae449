using System.Runtime.CompilerServices;
using Offstage.Agents.BuiltIn;
using Offstage.Agents.BuiltIn.Models;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>A model that answers as a test says, request by request; after its last answer it is done.</summary>
internal sealed class ScriptedModel(params Func<ModelRequest, IEnumerable<ModelChunk>>[] answers) : IModelClient
{
    private readonly List<ModelRequest> requests = [];

    public IReadOnlyList<ModelRequest> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    public static ModelUsage Usage { get; } = new(1000, 400, 0, 100, 20);

    public static IEnumerable<ModelChunk> Say(string text) => [new ModelChunk.Text(text), new ModelChunk.Used(Usage), new ModelChunk.Ended(ModelStop.Done)];

    public static IEnumerable<ModelChunk> Call(params (string Tool, string Arguments)[] calls) =>
        [.. calls.Select(call => new ModelChunk.Call(Guid.NewGuid().ToString("N"), call.Tool, call.Arguments)), new ModelChunk.Used(Usage), new ModelChunk.Ended(ModelStop.Done)];

    public static IEnumerable<ModelChunk> Fail(ModelFailure failure) => throw new ModelException(failure);

    public AgentRig CreateRig(Func<BuiltInOptions, BuiltInOptions>? change = null)
    {
        var options = new BuiltInOptions { Wire = BuiltInWire.Messages };
        var parts = new BuiltInAdapterParts(change?.Invoke(options) ?? options, _ => this, TimeProvider.System, new Random(1));
        return new AgentRig(new BuiltInAdapter(parts), new Dictionary<string, string>());
    }

    public async IAsyncEnumerable<ModelChunk> AskAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int index;
        lock (requests)
        {
            index = requests.Count;
            requests.Add(request);
        }

        await Task.Yield();
        foreach (var chunk in index < answers.Length ? answers[index](request) : Say("done"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return chunk;
        }
    }

    public void Dispose()
    {
    }
}
