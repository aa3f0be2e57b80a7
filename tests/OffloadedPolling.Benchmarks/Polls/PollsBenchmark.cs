namespace OffloadedPolling.Benchmarks.Polls;
internal static class PollsBenchmark
{
    public static int Run()
    {
        Console.WriteLine("load " + string.Join(" ", Enumerable.Range(0, 20).Select(s => Doubling.DoneBeforeUpper(true, false, s).ToString("0.00"))));
        Console.WriteLine("dur  " + string.Join(" ", Enumerable.Range(0, 20).Select(s => Doubling.DoneBeforeUpper(false, true, s).ToString("0.00"))));
        Console.WriteLine("none " + string.Join(" ", Enumerable.Range(0, 20).Select(s => Doubling.DoneBeforeUpper(false, false, s).ToString("0.00"))));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var queue = new QueueRun(1);
        Console.WriteLine($"{watch.ElapsedMilliseconds} ms");
        foreach (var t in (double[])[.5, 1, 2.5, 4.5])
        {
            var c = queue.At(queue.Durations.Estimate(), t);
            Console.WriteLine($"{t}: {c.Scheduled} opt {c.ToOptimal:0.000} fx {c.ToFixed:0.000} {watch.ElapsedMilliseconds} ms");
        }
        for (var s = 0; s < 5; s++)
        {
            var r = new Random(s);
            var c = queue.At(Learnt.From(() => queue.Durations.Sample(r), 200), 1);
            Console.WriteLine($"learnt: {c.Scheduled} opt {c.ToOptimal:0.000} fx {c.ToFixed:0.000} {watch.ElapsedMilliseconds} ms");
        }
        return 0;
    }
}
