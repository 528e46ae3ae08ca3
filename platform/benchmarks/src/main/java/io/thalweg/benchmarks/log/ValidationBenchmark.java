package io.thalweg.benchmarks.log;

import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.CompressionCodec;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.log.record.ValidationRules;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** What an event loop pays to check a batch of 16 KB: checksum, header and every record. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ValidationBenchmark {

    @Param({"100", "1024"})
    public int valueBytes;

    @Param({"NONE", "LZ4"})
    public String codec = "NONE";

    private final ValidationRules rules = ValidationRules.defaults();
    private ByteBuffer batch = ByteBuffer.allocate(0);

    @Setup
    public void prepare() {
        batch = Batches.of(CompressionCodec.valueOf(codec), 16 << 10, valueBytes);
    }

    @Benchmark
    public ValidatedBatches validate() {
        return BatchValidator.validate(batch, rules, System.currentTimeMillis());
    }
}
