using Snippets;

namespace OffloadedPolling.Tests.Documents;

/// <summary>Runs the tests that the guide about testing a handler shows.</summary>
public sealed class TestAHandlerTests : TestAHandler;
