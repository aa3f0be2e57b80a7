using Microsoft.AspNetCore.Http.Features;

namespace Orders.Lambda;

/// <summary>Collects the response of ASP.NET Core. The body is buffered, so the response starts only at the end.</summary>
internal sealed class GatewayResponse : HttpResponseFeature
{
    private readonly Stack<(Func<object, Task> Callback, object State)> _onStarting = new();

    private readonly Stack<(Func<object, Task> Callback, object State)> _onCompleted = new();

    private bool _hasStarted;

    public GatewayResponse(Stream body) => Body = new StreamResponseBodyFeature(body);

    public new IHttpResponseBodyFeature Body { get; }

    public override bool HasStarted => _hasStarted;

    public override void OnStarting(Func<object, Task> callback, object state) => _onStarting.Push((callback, state));

    public override void OnCompleted(Func<object, Task> callback, object state) => _onCompleted.Push((callback, state));

    /// <summary>Starts the response. The callbacks run in reverse order.</summary>
    public async Task StartAsync()
    {
        while (_onStarting.TryPop(out var next))
        {
            await next.Callback(next.State);
        }

        _hasStarted = true;
        await Body.CompleteAsync();
    }

    /// <summary>Runs the callbacks at the end of the response in reverse order. They dispose the request's scope.</summary>
    /// <param name="onFailed">The handler of an exception. The response is complete, and the other callbacks still run.</param>
    public async Task CompleteAsync(Action<Exception> onFailed)
    {
        while (_onCompleted.TryPop(out var next))
        {
            try
            {
                await next.Callback(next.State);
            }
            catch (Exception failed)
            {
                onFailed(failed);
            }
        }
    }
}
