using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using OffloadedPolling;
using OffloadedPolling.AspNetCore;

namespace Snippets;

internal static class Idempotency
{
    public static void Accept(WebApplication app)
    {
        app.MapPost("/report", (
            CreateReport report, [FromHeader(Name = "Idempotency-Key")] string? key, ClaimsPrincipal user,
            IOffloadedOperations operations) =>
            OperationResults.AcceptAsync(operations, report, new AcceptOptions
            {
                IdempotencyKey = key,
                IdempotencyScope = user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id ? $"user {id}" : "anonymous",
            }));
    }

    public static async Task CallAsync(HttpClient http, CreateReport report)
    {
        var key = Guid.NewGuid().ToString();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/report");
            request.Content = JsonContent.Create(report, ReportJson.Default.CreateReport);
            request.Headers.Add("Idempotency-Key", key);
            using var response = await http.SendAsync(request);
            if (response.IsSuccessStatusCode)
            {
                return;
            }
        }
    }
}
