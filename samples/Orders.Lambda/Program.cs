using Orders.Lambda;

// Where Lambda runs an executable (OS-only runtimes, native AOT), it asks for its work itself. The managed runtime does not come here: it
// loads the function's class.
return await RuntimeLoop.RunAsync(Environment.GetEnvironmentVariable("_HANDLER") ?? "", Functions.Create);
