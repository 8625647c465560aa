using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace LeadOrchestrator.Orchestrator.Web;

/// <summary><c>/api/chat/**</c> goes to the Chat API, streaming in both directions and buffering nothing: a browser needs this port alone.</summary>
internal static class ChatForward
{
    // A live stream has a comment every 15 s; silence for this long is a dead line.
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(2) };

    /// <summary>Maps it without a credential of its own: the Chat API asks for one.</summary>
    public static void MapChatForward(this IEndpointRouteBuilder routes, Uri chatApi)
    {
        var stopping = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var forwarder = routes.ServiceProvider.GetRequiredService<IHttpForwarder>();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
        var to = chatApi.AbsoluteUri;
        routes.Map("/api/chat/{**rest}", async context =>
        {
            // A live stream never ends by itself: at a stop its browser is told to come back, or the stop would wait for the last customer.
            await using var farewell = IsStream(context.Request) ? new EventStreamFarewell(context, stopping) : null;
            var error = await forwarder.SendAsync(context, to, client, Config);
            if (farewell is not null)
            {
                await farewell.EndAsync();
            }

            if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                context.Response.Headers.RetryAfter = "2";
                await Results.Problem(
                    "The chat cannot be reached for a moment. Nothing is lost: send the request again.", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(context);
            }
        }).AllowAnonymous();
    }

    // By the route: not every client says what it accepts.
    private static bool IsStream(HttpRequest request) => request.Path.Value?.TrimEnd('/') is { } path
        && (path.EndsWith("/stream", StringComparison.OrdinalIgnoreCase) || (HttpMethods.IsPost(request.Method) && path.EndsWith("/messages", StringComparison.OrdinalIgnoreCase)));
}
