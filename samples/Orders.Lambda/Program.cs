using Orders.Lambda;

// For OS-only runtimes and native AOT, where Lambda runs an executable that requests invocations. The managed runtime does not use it, but
// loads the function's class.
return await RuntimeLoop.RunAsync(Environment.GetEnvironmentVariable("_HANDLER") ?? "", Functions.Create);
