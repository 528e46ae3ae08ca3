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
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Opening a log of 256 MB in the page cache whose checkpoint, indexes and snapshots are gone: the scan that reads and
 * checks every batch, from an empty directory object to a known log end offset.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class RecoveryBenchmark {

    private static final int BATCHES = 2048;

    private @Nullable OpenLog log;
    private long logEndOffset;

    @Setup
    public void fill() throws IOException {
        OpenLog filled = new OpenLog(Durability.OS, 1);
        ByteBuffer batch = Batches.of(CompressionCodec.NONE, 128 << 10, 1024);
        for (int i = 0; i < BATCHES; i++) {
            filled.append(batch);
        }
        logEndOffset = filled.log(0).logEndOffset();
        log = filled;
    }

    @Setup(Level.Invocation)
    public void forget() throws IOException {
        if (log != null) {
            log.closeAndForgetWhatIsDerived();
        }
    }

    @TearDown
    public void close() throws IOException {
        if (log != null) {
            log.close();
        }
    }

    @Benchmark
    public long open() throws IOException {
        if (log == null) {
            return 0;
        }
        log.open();
        long found = log.log(0).logEndOffset();
        if (found != logEndOffset) {
            throw new IllegalStateException("found " + found + " of " + logEndOffset);
        }
        return found;
    }
}
