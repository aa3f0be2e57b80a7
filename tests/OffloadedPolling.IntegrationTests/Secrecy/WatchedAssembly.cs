[assembly: AssemblyFixture(typeof(OffloadedPolling.Tests.Secrecy.SecrecyWatch))]
