using System.Globalization;

namespace OffloadedPolling.Tests.StateMachine;

/// <summary>A queue with dead letters that behaves like SQS: it delivers at least once, in any order.</summary>
internal sealed class ModelQueue(int maxReceiveCount, bool maxIsKnown, bool hasCreatedAt)
{
    private readonly List<Message> _messages = [];

    public bool IsEmpty => _messages.TrueForAll(message => message.Place == Place.Deleted);

    public IEnumerable<(string Id, DateTimeOffset CreatedAt)> Sent => _messages.Select(message => (message.StatusKey, message.CreatedAt));

    public void Send(OutgoingMessage message) => _messages.Add(new Message($"m{_messages.Count + 1}", message));

    public override string ToString() => string.Join(
        ", ",
        _messages.Where(message => message.Place != Place.Deleted)
            .Select(message =>
                $"{message.Id} for {message.StatusKey} of {message.CreatedAt:O} ({message.Place}, {message.Receives} receives)"));

    public string BodyOf(string id) => Of(id)!.Body;

    public bool IsDead(string id) => Of(id) is { Place: Place.Dead or Place.Deleted } message && message.Receives > maxReceiveCount;

    public int ReceivesOf(string id) => Of(id)?.Receives ?? 0;

    /// <summary>
    /// Delivers a visible message. After too many deliveries, it becomes a dead letter. A ghost is a hidden message: it is delivered to a
    /// second receiver, and not counted.
    /// </summary>
    public ReceivedMessage? Receive(Random random, bool ghosts, TimeSpan hiddenFor)
    {
        var candidates = _messages.Where(message => message.Place == Place.Waiting || (ghosts && message.Place == Place.Hidden)).ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var message = candidates[random.Next(candidates.Count)];
        if (message.Place == Place.Waiting)
        {
            if (++message.Receives > maxReceiveCount)
            {
                message.Place = Place.Dead;
                return null;
            }

            message.Place = Place.Hidden;
        }

        return ToReceived(message, hiddenFor);
    }

    /// <summary>Ends a visibility timeout. The receiver may not know it yet.</summary>
    public void Expire(Random random, bool all = false)
    {
        var hidden = _messages.Where(message => message.Place == Place.Hidden).ToList();
        foreach (var message in all ? hidden : hidden.Skip(random.Next(hidden.Count + 1)).Take(1))
        {
            message.Place = Place.Waiting;
        }
    }

    public bool TryExtend(ReceivedMessage received) => IsHeldBy(received, out var message) && message.Place == Place.Hidden;

    public void Release(ReceivedMessage received)
    {
        if (TryExtend(received))
        {
            Of(received.Id)!.Place = Place.Waiting;
        }
    }

    /// <summary>Deletes a message, even with the receipt of an older delivery, as SQS may.</summary>
    public void Delete(ReceivedMessage received) => Of(received.ReceiptHandle.Split('/')[0])!.Place = Place.Deleted;

    public ReceivedMessage? ReceiveDead() =>
        _messages.Find(message => message.Place == Place.Dead) is { } dead ? ToReceived(dead, TimeSpan.Zero) : null;

    private Message? Of(string id) => _messages.Find(message => message.Id == id);

    private bool IsHeldBy(ReceivedMessage received, out Message message)
    {
        message = Of(received.Id)!;
        return message.Receives == received.ReceiveCount;
    }

    private ReceivedMessage ToReceived(Message message, TimeSpan hiddenFor) => new()
    {
        Id = message.Id,
        ReceiptHandle = string.Create(CultureInfo.InvariantCulture, $"{message.Id}/{message.Receives}"),
        Body = message.Body,
        StatusKey = message.StatusKey,
        StatusCreatedAt = hasCreatedAt ? message.CreatedAt : null,
        ReceiveCount = message.Receives,
        MaxReceiveCount = maxIsKnown ? maxReceiveCount : null,
        HiddenFor = hiddenFor,
    };

    private enum Place
    {
        Waiting,
        Hidden,
        Dead,
        Deleted,
    }

    private sealed class Message(string id, OutgoingMessage sent)
    {
        public string Id { get; } = id;

        public string Body => sent.Body;

        public string StatusKey => sent.StatusKey;

        public DateTimeOffset CreatedAt => sent.StatusCreatedAt!.Value;

        public int Receives { get; set; }

        public Place Place { get; set; } = Place.Waiting;
    }
}
