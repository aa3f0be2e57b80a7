using Microsoft.AspNetCore.Routing;

namespace OffloadedPolling.AspNetCore;

/// <summary>Maps endpoints that another package adds to <c>MapOperations</c>.</summary>
internal interface IOperationEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    /// <param name="group">The group that <c>MapOperations</c> returns.</param>
    void Map(RouteGroupBuilder group);
}
