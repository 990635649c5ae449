using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Offstage.Server.Hosting;
using Offstage.Sessions.Api;

namespace Offstage.Server.Http;

/// <summary>Every error leaves as problem+json with a code: thrown, or a bare status of the framework's.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            if (ApiProblems.Translate(e) is not { } problem)
            {
                logger.RequestFailed(context.Request.Method, context.Request.Path, e);
                problem = new ApiProblemException(StatusCodes.Status500InternalServerError, "internal_error", "This is a bug in Offstage; the log says more.");
            }

            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await ApiProblems.WriteAsync(context, problem);
            return;
        }

        if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentType is null)
            await ApiProblems.WriteAsync(context, Bare(context.Response.StatusCode));
    }

    private static ApiProblemException Bare(int status) => status switch
    {
        StatusCodes.Status404NotFound => new(status, "route_not_found", "There is nothing at this address."),
        StatusCodes.Status405MethodNotAllowed => new(status, "method_not_allowed", "This address does not take that method."),
        StatusCodes.Status415UnsupportedMediaType => new(status, "json_expected", "The body must be application/json."),
        _ => new(status, "bad_request", "The request cannot be carried out."),
    };
}
