package io.thalweg.benchmarks.log;

import io.thalweg.log.Durability;
import io.thalweg.log.LogRead;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.record.CompressionCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What an event loop pays to serve up to 1 MiB that is still in memory. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class TailReadBenchmark {

    private static final int BATCHES = 200;
    private static final int READ_BYTES = 1 << 20;

    private @Nullable OpenLog open;
    private long from;

    @Setup
    public void fill() throws IOException {
        OpenLog filled = new OpenLog(Durability.OS, 1);
        ByteBuffer batch = Batches.of(CompressionCodec.NONE, 16 << 10, 1024);
        for (int i = 0; i < BATCHES; i++) {
            filled.append(batch);
        }
        from = filled.log(0).logEndOffset() / 2;
        open = filled;
    }

    @TearDown
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    @Benchmark
    public int readTail() {
        if (open == null) {
            return 0;
        }
        PartitionLog log = open.log(0);
        LogRead read = log.readTail(from, READ_BYTES, log.highWatermark(), true);
        if (read == null) {
            throw new IllegalStateException("not in memory: offset=" + from);
        }
        int bytes = read.records().sizeInBytes();
        read.records().close();
        return bytes;
    }
}
