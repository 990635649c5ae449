using Offstage.Agents.Acp;
using Offstage.Agents.Processes;
using Offstage.Processes;
using Offstage.Sessions.Api;
using Offstage.Sessions.Effects;

namespace Offstage.Sessions.Tests;

public sealed class ImageSupportTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Images_are_refused_where_the_agent_takes_none(bool takesImages)
    {
        using var host = new ProcessHost();
        var probe = new AgentProbe(new ProcessRunner(host, TimeProvider.System));
        var adapter = new AcpAdapter(AcpOptions.Gemini with { TakesImages = takesImages }, probe, TimeProvider.System);
        var catalog = new AgentCatalog([new AgentOffer(adapter, new Dictionary<string, string>())]);

        var refused = Record.Exception(() => SetupInput.RequireTakesImages(adapter.Name, catalog)) as ApiProblemException;

        Assert.Equal(takesImages ? null : "images_unsupported", refused?.Code);
    }
}
