using Microsoft.AspNetCore.Http.Features;

namespace Orders.Lambda;

/// <summary>Collects what ASP.NET Core answers. The body is kept until the end, so that the answer begins then.</summary>
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

    /// <summary>Begins the answer: what was to be told of it is told, the last first.</summary>
    public async Task StartAsync()
    {
        while (_onStarting.TryPop(out var next))
        {
            await next.Callback(next.State);
        }

        _hasStarted = true;
        await Body.CompleteAsync();
    }

    /// <summary>Runs what waits for the end of the answer, the last first: the request's scope is disposed there.</summary>
    /// <param name="onFailed">What to do with an exception. The answer is complete, and the other callbacks still run.</param>
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
