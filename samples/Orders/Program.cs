using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Mvc;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;
using Orders;

// Settings and the page lie beside the program, wherever it is started from.
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var settings = OrdersOptions.Read(builder.Configuration);
var polling = builder.Configuration.GetSection("OffloadedPolling");
var isOnAws = OrdersOptions.IsOnAws(polling);
var demandsTokens = OrdersOptions.DemandsTokens(builder.Configuration);

builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, OrdersJson.Default));
builder.Services.AddSingleton(settings);
builder.Services.AddOrderStore(settings);
builder.Services.AddProblemDetails();
builder.Services.AddValidation();
builder.Services.AddOpenApi();
builder.Services.AddCors();
if (demandsTokens)
{
    builder.Services.AddAuthentication().AddJwtBearer();
    // Whose idempotency keys would be whose, without a name?
    builder.Services.AddAuthorizationBuilder()
        .SetDefaultPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(ClaimTypes.NameIdentifier).Build());
}

builder.Services.AddHealthChecks().AddOffloadedPolling().AddCheck<OrderStoreHealthCheck>("orders");

// One process does it. Two at once may overwrite each other's change.
if (isOnAws && settings.Role != Role.Worker && builder.Environment.IsDevelopment())
{
    // Before the worker: its first writes find the bucket set up.
    builder.Services.AddHostedService<DevelopmentBucket>();
}

var offloaded = builder.Services.AddOffloadedPolling(polling);
_ = isOnAws ? offloaded.WithS3().WithSqs() : offloaded.WithSqlite();
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
    var polls = new PollCounter(hostStandsInForS3: !isOnAws);
    app.Use(polls.CountAsync);
    app.UseCors(cors => cors.WithOrigins(settings.AllowedOrigins).WithMethods("GET", "POST").WithHeaders("Authorization", "Content-Type", "Idempotency-Key"));
    app.UseDefaultFiles();
    app.UseStaticFiles();
    app.MapOpenApi();
    var operationUrls = app.MapOperations("/operations");
    var orders = app.MapGroup("/order");
    if (demandsTokens)
    {
        // Who may renew a status URL is decided here. Status URLs themselves stay as they are: S3 asks nobody who they are.
        operationUrls.RequireAuthorization();
        orders.RequireAuthorization();
    }

    orders.MapPost("", (
        CreateOrder order,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        ClaimsPrincipal user,
        IOffloadedOperations operations,
        CancellationToken cancel) => OperationResults.AcceptAsync(operations, order, new AcceptOptions
        {
            ResourceLocation = id => $"/order/{id}",
            IdempotencyKey = idempotencyKey,
            IdempotencyScope = user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id ? $"user {id}" : "anonymous",
        }, cancel));
    orders.MapGet("/{id}", async Task<IResult> (string id, IOrderStore store, CancellationToken cancel) =>
        await store.FindAsync(id, cancel) is { } order ? TypedResults.Ok(order) : TypedResults.NotFound());
    app.MapGet("/polls", () => TypedResults.Ok(polls.Count));
}

await app.RunAsync();
