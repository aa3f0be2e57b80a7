using System.Reflection;
using System.Runtime.Loader;

namespace OffloadedPolling.IntegrationTests.Lambda;

/// <summary>
/// A handler as the managed runtime finds it: by <c>Assembly::Namespace.Class::Method</c>, in the deployment folder.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/csharp-handler.html</remarks>
internal sealed class ManagedHandler
{
    private readonly MethodInfo _method;

    public ManagedHandler(string folder, string handler)
    {
        (handler.Split("::") is [_, _, _]).Should().BeTrue(handler);
        var parts = handler.Split("::");
        var dll = Path.Combine(folder, $"{parts[0]}.dll");
        var type = new TaskFolder(dll).LoadFromAssemblyPath(dll).GetType(parts[1], throwOnError: true)!;
        _method = type.GetMethod(parts[2], [typeof(Stream)])
            ?? throw new InvalidOperationException($"{parts[1]} has no {parts[2]}(Stream).");
    }

    /// <summary>Starts the function by creating an instance of its class.</summary>
    public Func<Stream, Task<Stream>> Create() =>
        _method.CreateDelegate<Func<Stream, Task<Stream>>>(Activator.CreateInstance(_method.DeclaringType!));

    private sealed class TaskFolder(string dll) : AssemblyLoadContext("function")
    {
        private readonly AssemblyDependencyResolver _resolver = new(dll);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }
}
