package io.thalweg.benchmarks.endtoend;

import java.util.List;

/** The rows of the one-node table. Sizes give at least ten seconds each on two cores. */
final class Cells {

    private Cells() {}

    static List<Cell> all(Peers peers, double scale) {
        return List.of(
                produce(
                        peers,
                        "produce 1 KB, 1 partition, acks=1, 16 KB batches",
                        1,
                        1024,
                        1_000_000,
                        scale,
                        "acks=1",
                        "batch.size=16384"),
                produce(
                        peers,
                        "produce 1 KB, 1 partition, acks=all, 16 KB batches",
                        1,
                        1024,
                        1_000_000,
                        scale,
                        "acks=all",
                        "batch.size=16384"),
                produce(
                        peers,
                        "produce 1 KB, 6 partitions, acks=1, 16 KB batches",
                        6,
                        1024,
                        1_500_000,
                        scale,
                        "acks=1",
                        "batch.size=16384"),
                produce(
                        peers,
                        "produce 1 KB, 6 partitions, acks=all, 128 KB batches",
                        6,
                        1024,
                        2_000_000,
                        scale,
                        "acks=all",
                        "batch.size=131072"),
                produce(
                        peers,
                        "produce 1 KB, 6 partitions, acks=all, 128 KB batches, lz4",
                        6,
                        1024,
                        2_000_000,
                        scale,
                        "acks=all",
                        "batch.size=131072",
                        "compression.type=lz4"),
                produce(
                        peers,
                        "produce 100 B, 6 partitions, acks=1, 16 KB batches",
                        6,
                        100,
                        7_000_000,
                        scale,
                        "acks=1",
                        "batch.size=16384"),
                produce(
                        peers,
                        "one record a request, 100 B, one producer",
                        1,
                        100,
                        100_000,
                        scale,
                        "acks=1",
                        "batch.size=1",
                        "linger.ms=0"),
                new ParallelProducersCell("one record a request, 100 B, 8 producers", 8, 100, scaled(20_000, scale)),
                new FirstAppendCell("first produce into 1,000 partitions", 1_000, 1024, scaled(100_000, scale)),
                new ConsumeCell(peers, "consume 1 KB, 6 partitions", 6, 1024, scaled(3_000_000, scale)),
                new ConsumeCell(peers, "consume 100 B, 6 partitions", 6, 100, scaled(15_000_000, scale)),
                new EndToEndCell("end to end, 1 KB, one at a time, acks=1", 1024, scaled(20_000, scale), 5_000, "1"),
                new OpenLoopCell("open loop 20,000 rec/s of 1 KB, acks=all", 6, 1024, 20_000, scaled(15, scale)));
    }

    private static Cell produce(
            Peers peers, String name, int partitions, int bytes, long records, double scale, String... properties) {
        int count = scaled(records, scale);
        return new ProduceCell(peers, name, partitions, bytes, count, count / 4, List.of(properties));
    }

    static int scaled(long count, double scale) {
        return (int) Math.max(1, count * scale);
    }
}
