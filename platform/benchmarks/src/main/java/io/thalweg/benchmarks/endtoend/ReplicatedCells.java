package io.thalweg.benchmarks.endtoend;

import io.thalweg.benchmarks.endtoend.BrokerCluster.End;
import java.util.List;

/** The rows of the three-node table: replication factor 3, acks=all, min.insync.replicas=2. */
final class ReplicatedCells {

    private ReplicatedCells() {}

    static List<Cell> all(Peers peers, double scale) {
        return List.of(
                produce(peers, "three nodes: 1 KB, 1 partition, 16 KB batches", 1, 1024, 300_000, scale, 16_384),
                produce(peers, "three nodes: 1 KB, 6 partitions, 128 KB batches", 6, 1024, 1_000_000, scale, 131_072),
                produce(peers, "three nodes: 100 B, 6 partitions, 128 KB batches", 6, 100, 4_000_000, scale, 131_072),
                produce(peers, "three nodes: one record a request, 100 B", 1, 100, 20_000, scale, 1),
                new EndToEndCell("three nodes: end to end, 1 KB", 1024, Cells.scaled(10_000, scale), 3_000, "all"),
                new OpenLoopCell("three nodes: open loop 20,000 rec/s of 1 KB", 6, 1024, 20_000, 10),
                new ConsumeCell(peers, "three nodes: consume 1 KB", 6, 1024, Cells.scaled(2_000_000, scale)),
                new FailoverCell("three nodes: kill -9 of a leader", End.KILLED, 500),
                new FailoverCell("three nodes: SIGTERM of a leader", End.STOPPED, 500));
    }

    private static Cell produce(
            Peers peers, String name, int partitions, int bytes, long records, double scale, int batchBytes) {
        int count = Cells.scaled(records, scale);
        List<String> properties = batchBytes == 1
                ? List.of("acks=all", "batch.size=1", "linger.ms=0")
                : List.of("acks=all", "batch.size=" + batchBytes);
        return new ProduceCell(peers, name, partitions, bytes, count, count / 4, properties);
    }
}
