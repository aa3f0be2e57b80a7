using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OffloadedPolling.Tests.Secrecy;

namespace OffloadedPolling.Tests.Shared;

/// <summary>Keeps every log entry and passes it to the <see cref="SecrecyWatch"/>.</summary>
internal sealed class RecordingLogger : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _entries = new();

    public IReadOnlyList<(int Id, LogLevel Level, string Text)> Entries => [.. _entries];

    /// <summary>Adds a logger at every level to a host that has no other.</summary>
    public static void Watch(ILoggingBuilder logging) => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new RecordingLogger());

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Keep("no category", logLevel, eventId, state, formatter(state, exception) + exception);

    public void Dispose()
    {
    }

    private void Keep(string category, LogLevel logLevel, EventId eventId, object? state, string text)
    {
        _entries.Enqueue((eventId.Id, logLevel, text));
        Hear(category, state, text);
    }

    private static void Hear(string category, object? state, string text)
    {
        SecrecyWatch.Hear("log", category, text);
        if (state is IEnumerable<KeyValuePair<string, object?>> values)
        {
            SecrecyWatch.Hear("log", category, values);
        }
    }

    private sealed class Category(RecordingLogger all, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Hear(name, state, state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            all.Keep(name, logLevel, eventId, state, formatter(state, exception) + exception);
    }
}
