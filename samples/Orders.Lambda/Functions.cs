namespace Orders.Lambda;

/// <summary>Finds functions by their names in <c>Handler:</c>.</summary>
internal static class Functions
{
    /// <summary>Starts the function of a handler name, which is the full name for the managed runtime, or only the class.</summary>
    public static Func<Stream, Task<Stream>> Create(string handler) =>
        (handler.Split("::") is [_, var type, _] ? type.Split('.')[^1] : handler) switch
        {
            nameof(ApiFunction) => new ApiFunction().HandleAsync,
            nameof(WorkerFunction) => new WorkerFunction().HandleAsync,
            nameof(DeadLetterFunction) => new DeadLetterFunction().HandleAsync,
            _ => throw new InvalidOperationException(
                $"The handler '{handler}' is not a function. Set Handler to {nameof(ApiFunction)}, {nameof(WorkerFunction)} or "
                + $"{nameof(DeadLetterFunction)}."),
        };
}
