using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Orders;

// Settings and the page are next to the program, regardless of the working directory.
var asksForHealth = args is [HealthProbe.Argument, ..];
var builder = WebApplication.CreateSlimBuilder(
    new WebApplicationOptions { Args = asksForHealth ? args[1..] : args, ContentRootPath = AppContext.BaseDirectory });
if (asksForHealth)
{
    return await HealthProbe.RunAsync(builder.Configuration);
}

builder.UseListenAddresses();
var settings = OrdersOptions.Read(builder.Configuration);
var polling = builder.Configuration.GetSection("OffloadedPolling");
var isOnAws = OrdersOptions.IsOnAws(polling);

builder.Services.AddSystemd();
builder.Services.AddSingleton(settings);
builder.AddTelemetry(settings.Role);
builder.Services.AddOrderStore(settings);
builder.Services.AddOrdersApi(builder.Configuration);
builder.Services.AddHealthChecks().AddOffloadedPolling().AddCheck<OrderStoreHealthCheck>("orders");

// Only one process does it, because two could overwrite each other's changes.
if (isOnAws && settings.Role != Role.Worker && builder.Environment.IsDevelopment())
{
    // Before the worker, so that its first writes find the bucket set up.
    builder.Services.AddHostedService<DevelopmentBucket>();
}

var offloaded = builder.Services.AddOffloadedPolling(polling);
_ = isOnAws ? offloaded.WithS3().WithSqs().AddProvisioning() : offloaded.WithSqlite();
offloaded.AddOperation<CreateOrder>("orders", OrdersJson.Default);
if (!isOnAws || OrdersOptions.HasDeadLetterQueue(polling))
{
    offloaded.AddDeadLetterReader();
}

if (isOnAws && OrdersOptions.IssuesCredentials(polling))
{
    offloaded.WithSts();
}

if (settings.Role != Role.Api)
{
    offloaded.AddHandler<CreateOrder, CreateOrderHandler>();
}

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthResponse.WriteAsync });
if (settings.Role != Role.Worker)
{
    app.MapOrdersApi(settings, hostStandsInForS3: !isOnAws);
}

await app.RunAsync();
return 0;
