namespace Orders.Lambda;

/// <summary>The functions by their names in <c>Handler:</c>.</summary>
internal static class Functions
{
    /// <summary>Starts the function that a handler names, in full as for the managed runtime or by its class alone.</summary>
    public static Func<Stream, Task<Stream>> Create(string handler) =>
        (handler.Split("::") is [_, var type, _] ? type.Split('.')[^1] : handler) switch
        {
            nameof(ApiFunction) => new ApiFunction().HandleAsync,
            nameof(WorkerFunction) => new WorkerFunction().HandleAsync,
            nameof(DeadLetterFunction) => new DeadLetterFunction().HandleAsync,
            _ => throw new InvalidOperationException(
                $"The handler '{handler}' is no function here. Set Handler to {nameof(ApiFunction)}, {nameof(WorkerFunction)} or "
                + $"{nameof(DeadLetterFunction)}."),
        };
}
