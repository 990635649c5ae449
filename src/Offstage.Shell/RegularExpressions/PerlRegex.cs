using System.Text.RegularExpressions;
using Offstage.Shell.Execution;

namespace Offstage.Shell.RegularExpressions;

/// <summary>
/// An expression in .NET's own dialect, which is near to Perl's. Such a one can need exponential time and cannot be interrupted: it has a
/// limit, and one that takes long goes on beside a run that does not wait for it any more.
/// </summary>
/// <remarks>Safe from several threads.</remarks>
internal sealed class PerlRegex
{
    /// <summary>What nearly all matches need less than.</summary>
    private static readonly TimeSpan QuickLimit = TimeSpan.FromMilliseconds(5);

    private readonly Regex quick;
    private readonly Regex patient;

    /// <param name="limit">Of one match.</param>
    /// <exception cref="ArgumentException">The pattern is none.</exception>
    public PerlRegex(string pattern, RegexOptions options, TimeSpan limit)
    {
        quick = new Regex(pattern, options, QuickLimit);
        patient = new Regex(pattern, options, limit);
    }

    /// <param name="start">Where to begin to look. What stands before is seen by lookbehinds.</param>
    /// <exception cref="RegexMatchTimeoutException">It took longer than the limit.</exception>
    public Match Match(string text, int start, Interruption interruption)
    {
        try
        {
            return quick.Match(text, start);
        }
        catch (RegexMatchTimeoutException)
        {
            return MatchBeside(text, start, interruption);
        }
    }

    /// <summary>The match after another of the same text, as <see cref="System.Text.RegularExpressions.Match.NextMatch"/> finds it.</summary>
    public Match MatchNext(string text, Match last, Interruption interruption)
    {
        int start = last.Index + Math.Max(last.Length, 1);
        return start > text.Length ? System.Text.RegularExpressions.Match.Empty : Match(text, start, interruption);
    }

    private Match MatchBeside(string text, int start, Interruption interruption)
    {
        Budget budget = interruption.Budget;
        // A script that has many of them given up has as many threads as it may have processes.
        if (!budget.TryEnterProcess())
            return patient.Match(text, start);
        var match = System.Text.RegularExpressions.Match.Empty;
        RegexMatchTimeoutException? timeout = null;
        var done = new ManualResetEventSlim();
        bool started = WorkerThreads.TryRun(() =>
        {
            try
            {
                match = patient.Match(text, start);
            }
            catch (RegexMatchTimeoutException e)
            {
                timeout = e;
            }
            finally
            {
                budget.LeaveProcess();
                done.Set();
            }
        });
        if (!started)
        {
            budget.LeaveProcess();
            return patient.Match(text, start);
        }

        interruption.Wait(done, Timeout.InfiniteTimeSpan);
        return timeout is null ? match : throw timeout;
    }
}
