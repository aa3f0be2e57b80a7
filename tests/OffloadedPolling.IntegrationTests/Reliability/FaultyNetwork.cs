using Microsoft.AspNetCore.Http;
using OffloadedPolling.IntegrationTests.Servers;

namespace OffloadedPolling.IntegrationTests.Reliability;

/// <summary>Proxies in front of S3 and SQS that apply a <see cref="Fault"/> to one in ten requests.</summary>
internal sealed class FaultyNetwork(int seed) : IAsyncDisposable
{
    private const double Share = 0.1;

    private static readonly TimeSpan _delay = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);

    private readonly Lock _lock = new();

    private readonly Dictionary<Fault, int> _done = Enum.GetValues<Fault>().ToDictionary(fault => fault, _ => 0);

    private RecordingProxy _s3 = null!;

    private RecordingProxy _sqs = null!;

    public Uri S3 => _s3.Address;

    public Uri Sqs => _sqs.Address;

    public int Requests => _s3.Requests.Count + _sqs.Requests.Count;

    /// <summary>Gets how often each fault was applied.</summary>
    public IReadOnlyDictionary<Fault, int> Done => _done;

    public static async Task<FaultyNetwork> StartAsync(Uri s3, Uri sqs, int seed)
    {
        var network = new FaultyNetwork(seed) { _s3 = await RecordingProxy.StartAsync(s3), _sqs = await RecordingProxy.StartAsync(sqs) };
        foreach (var proxy in (RecordingProxy[])[network._s3, network._sqs])
        {
            proxy.Intercept = network.ApplyFaultAsync;
            proxy.AfterUpstream = ApplyReset;
        }

        return network;
    }

    public async ValueTask DisposeAsync()
    {
        await _s3.DisposeAsync();
        await _sqs.DisposeAsync();
    }

    private async Task<bool> ApplyFaultAsync(HttpContext context)
    {
        var fault = Draw(canConflict: context.Request.Method == "PUT");
        switch (fault)
        {
            case Fault.Delay:
                await Task.Delay(_delay);
                return false;
            case Fault.InternalError:
                return await AnswerAsync(context, 500, "InternalError");
            case Fault.Unavailable:
                return await AnswerAsync(context, 503, "ServiceUnavailable");
            case Fault.Conflict:
                return await AnswerAsync(context, 409, "ConditionalRequestConflict");
            default:
                context.Items[typeof(Fault)] = fault;
                return false;
        }
    }

    // Whether a request fails is random. The fault is the one that was applied least often so far.
    private Fault? Draw(bool canConflict)
    {
        lock (_lock)
        {
            if (_random.NextDouble() >= Share)
            {
                return null;
            }

            var fault = _done.Where(done => canConflict || done.Key != Fault.Conflict).MinBy(done => done.Value).Key;
            _done[fault]++;
            return fault;
        }
    }

    private static Task<bool> AnswerAsync(HttpContext context, int status, string code) =>
        context.Request.Headers.ContainsKey("X-Amz-Target")
            ? AwsAnswers.ErrorAsync(context, code, status)
            : AwsAnswers.XmlErrorAsync(context, code, status);

    private static void ApplyReset(HttpContext context)
    {
        if (context.Items[typeof(Fault)] is Fault.Reset)
        {
            context.Abort();
        }
    }
}
