using System.Net;

namespace Offstage.Shell.Tests;

/// <summary>What the corpus cannot compare: newer than the tools that are installed, or not to be had as one.</summary>
public sealed class DataCommandTests
{
    [Theory]
    [InlineData("jq -nc '[100000000000000000000, 1.000]'", "[100000000000000000000,1.000]\n")]
    [InlineData("jq -nc '[limit(0;1,2)], ([\"abc\"|match(\"\";\"g\").offset])'", "[]\n[0,1,2,3]\n")]
    [InlineData("jq -nc 'if true then 1 end, ({a:1,b:2}|pick(.a)), (\" x \"|trim), (@base32d \"\\(\"ME======\")\")'", "1\n{\"a\":1}\n\"x\"\n\"a\"\n")]
    [InlineData("jq -nc '[.[]?, (try error(null) catch .)]'", "[null]\n")]
    [InlineData("jq -n 'def f: if . > 100000 then . else .+1|f end; 0|f'", "100001\n")]
    [InlineData("jq -n 'reduce range(100000) as $i ([]; .+[$i]) | length'", "100000\n")]
    [InlineData("jq -n 'reduce range(50000) as $i ({}; .[\"k\\($i)\"]=$i) | length'", "50000\n")]
    public void Jq_knows_what_is_new_and_does_not_slow_down(string script, string expected)
        => Assert.Equal((new ExitStatus(0), expected, ""), Shells.Run(script));

    [Theory]
    [InlineData("yq '.a.b[1]' f.yaml", "y\n")]
    [InlineData("yq '.n += 1 | .n' f.yaml", "4\n")]
    [InlineData("yq -o json -I 0 . f.yaml", "{\"a\":{\"b\":[\"x\",\"y\"]},\"n\":3,\"s\":\"yes\",\"c\":{\"k\":1,\"m\":2}}\n")]
    [InlineData("yq -o props .a f.yaml", "b.0 = x\nb.1 = y\n")]
    [InlineData("yq '.a' f.yaml", "b:\n  - x\n  - y\n")]
    [InlineData("yq -i '.n = 9 | del(.c)' f.yaml; cat f.yaml", "a:\n  b:\n    - x\n    - y\nn: 9\ns: \"yes\"\n")]
    [InlineData("echo '{\"x\":[1,{\"y\":null}]}' | yq -p json -P .", "x:\n  - 1\n  - y: null\n")]
    [InlineData("printf 'a: 1\\n---\\na: 2\\n' | yq .a", "1\n---\n2\n")]
    [InlineData("printf 'd: &d {k: 1, m: 0}\\nc: {<<: *d, m: 2}\\n' | yq -o json -I 0 .c", "{\"k\":1,\"m\":2}\n")]
    public void Yq_reads_and_writes_yaml(string script, string expected)
    {
        string file = "cat > f.yaml <<'E'\na:\n  b: [x, y]\nn: 3\ns: \"yes\"\nc:\n  k: 1\n  m: 2\nE\n";
        (ExitStatus status, string output, string error) = Shells.Run(file + script);
        Assert.Equal(("", new ExitStatus(0)), (error, status));
        // A text that YAML 1.1 would read as something else is quoted, in one kind of quotes or the other.
        Assert.Equal(expected.Replace("\"yes\"", "Q", StringComparison.Ordinal), output.Replace("'yes'", "Q", StringComparison.Ordinal).Replace("\"yes\"", "Q", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("jq -n '[range(1e9)]'")]
    [InlineData("jq -n '[limit(1e9;repeat(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"))]'")]
    [InlineData("jq -n 'reduce range(1e9) as $i (\"x\"; .+.)'")]
    [InlineData("jq -n 'def f: 1 + f; f'")]
    [InlineData("jq -n 'last(repeat(1))'")]
    [InlineData("sqlite3 :memory: 'with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c'")]
    [InlineData("sqlite3 :memory: 'create table t(x); with recursive c(x) as (select 1 union all select x+1 from c) insert into t select zeroblob(100000) from c'")]
    public void A_program_without_end_is_ended(string script)
    {
        var limits = new ShellLimits { WallTime = TimeSpan.FromSeconds(3), HeldBytesMax = 256 << 20 };
        Assert.NotEqual(0, Shells.Run(script, limits).Status.Code);
    }

    [Theory]
    [InlineData("sqlite3 :memory: \"attach '/etc/passwd' as x\"")]
    [InlineData("sqlite3 :memory: \"attach 'file:/etc/passwd' as x\"")]
    [InlineData("sqlite3 :memory: \"vacuum into '/tmp/escaped.db'\"")]
    [InlineData("sqlite3 :memory: \"select load_extension('/lib/x86_64-linux-gnu/libm.so.6')\"")]
    [InlineData("sqlite3 :memory: \"select readfile('/etc/passwd')\"")]
    [InlineData("sqlite3 :memory: \"select writefile('/tmp/escaped','x')\"")]
    [InlineData("sqlite3 :memory: \"pragma temp_store_directory='/tmp'\"")]
    [InlineData("sqlite3 :memory: \"pragma temp_store=1\"")]
    [InlineData("sqlite3 :memory: '.shell id'")]
    [InlineData("sqlite3 :memory: '.load /lib/x'")]
    [InlineData("sqlite3 /etc/passwd 'select 1'")]
    [InlineData("sqlite3 :memory: '.import /etc/passwd t'")]
    [InlineData("sqlite3 :memory: '.read /etc/passwd'")]
    [InlineData("sqlite3 :memory: '.output |id'")]
    [InlineData("jq -R . /etc/passwd")]
    [InlineData("jq -n --rawfile a /etc/passwd '$a'")]
    [InlineData("rg root /etc")]
    [InlineData("tar cf - /etc/passwd")]
    [InlineData("gzip -c /etc/passwd")]
    [InlineData("zip - /etc/passwd")]
    [InlineData("curl http://127.0.0.1/")]
    public void Nothing_of_the_host_is_reached(string script)
    {
        (ExitStatus status, string output, _) = Shells.Run(script);
        Assert.NotEqual(0, status.Code);
        Assert.DoesNotContain("root:", output, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/escaped.db") || File.Exists("/tmp/escaped"));
    }

    [Theory]
    [InlineData("mkdir -p d/e o; cd d/e; echo x > ../../f; tar cPf ../../a.tar ../../f; cd ../../o; rm ../f; tar xf ../a.tar; ls -A . ..", "f")]
    [InlineData("mkdir t o; ln -s /home t/k; tar cf a.tar t/k; rm t/k; mkdir t/k; echo x > t/k/escaped; tar rf a.tar t/k/escaped; cd o; tar xf ../a.tar; ls /home", "escaped")]
    public void An_archive_does_not_unpack_outside_of_its_folder(string script, string name)
        => Assert.DoesNotContain(Shells.Run(script).Output.Split('\n'), line => line == name);

    [Fact]
    public void Without_a_policy_there_is_no_curl() => Assert.Equal(127, Shells.Run("curl http://example.invalid/").Status.Code);

    [Theory]
    [InlineData("curl -s http://good/hello", "GET /hello \n", 0)]
    [InlineData("curl -s -d a=1 --data-urlencode 'b=x y' http://good/post", "POST /post a=1&b=x%20y\n", 0)]
    [InlineData("curl -sG -d q=1 http://good/get", "GET /get?q=1 \n", 0)]
    [InlineData("curl -sL http://good/redirect", "GET /hello \n", 0)]
    [InlineData("curl -s -w '%{http_code}' -o f http://good/redirect; cat f", "302", 0)]
    [InlineData("curl -sL http://good/away; echo $?", "7\n", 0)]
    [InlineData("curl -s http://bad/; echo $?", "7\n", 0)]
    [InlineData("curl -sf http://good/missing; echo $?", "22\n", 0)]
    [InlineData("curl -s -o f http://good/hello; cat f", "GET /hello \n", 0)]
    [InlineData("curl -sO http://good/hello; cat hello", "GET /hello \n", 0)]
    [InlineData("curl -s ftp://good/; echo $?", "1\n", 0)]
    public void Curl_reaches_what_the_policy_allows(string script, string expected, int status)
    {
        (ExitStatus actual, string output, _) = Shells.Run(script, commands: CommandRegistry.Standard.WithNetwork(new OnlyGoodHosts()));
        Assert.Equal((expected, status), (output, actual.Code));
    }

    private sealed class OnlyGoodHosts : INetworkPolicy
    {
        public HttpMessageHandler Handler { get; } = new Echo();

        public NetworkDecision Decide(NetworkRequest request) => request.Url.Host == "good" ? new NetworkDecision.Allowed() : new NetworkDecision.Denied("only good hosts");
    }

    /// <summary>Answers with what it was asked.</summary>
    private sealed class Echo : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("good", request.RequestUri!.Host);
            string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($"{request.Method} {request.RequestUri.PathAndQuery} {body}\n") };
            switch (request.RequestUri.AbsolutePath)
            {
                case "/redirect" or "/away":
                    response.StatusCode = HttpStatusCode.Found;
                    response.Headers.Location = new Uri(request.RequestUri.AbsolutePath == "/away" ? "http://bad/" : "/hello", UriKind.RelativeOrAbsolute);
                    response.Content = new StringContent("");
                    break;
                case "/missing":
                    response.StatusCode = HttpStatusCode.NotFound;
                    break;
            }

            return response;
        }
    }
}
