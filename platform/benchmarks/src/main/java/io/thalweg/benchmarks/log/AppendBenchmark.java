package io.thalweg.benchmarks.log;

import io.thalweg.log.Durability;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A group of one batch for each of six logs: validated, committed, high watermarks moved. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 2)
public class AppendBenchmark {

    private static final int LOGS = 6;

    @Param({"OS", "FSYNC"})
    public String durability = "OS";

    @Param({"16384", "131072"})
    public int batchBytes;

    private @Nullable OpenLog log;
    private ByteBuffer batch = ByteBuffer.allocate(0);

    @Setup
    public void open() throws IOException {
        log = new OpenLog(Durability.valueOf(durability), LOGS);
        batch = Batches.of(CompressionCodec.NONE, batchBytes, 1024);
    }

    @TearDown
    public void close() throws IOException {
        if (log != null) {
            log.close();
        }
    }

    @Benchmark
    public void group() {
        if (log != null) {
            log.append(batch);
        }
    }
}
